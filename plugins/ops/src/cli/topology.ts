/** `faultline topology`: of a running server, or of a configuration. */
import { PluginCatalog } from '@faultline/sdk';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
} from '@faultline/sdk/cli-command';
import {
  placeTopology,
  topologyDot,
  topologyMermaid,
  topologyOf,
  topologySvg,
  type Topology,
} from '@faultline/sdk/topology';
import { knownPlugins } from '../topology/known-plugins.js';
import { layoutEngine } from '../topology/layout-engine.js';

export const help = `Usage: faultline topology [--format svg|dot|json|mermaid] [--url URL | --data DIR]

Prints what an installation is made of and how crashes go through it: collectors, queues, processors, stores, sinks,
symbol sources, with what nobody reads or feeds. Of a running server with rates, backlogs and problems; of a folder as
its configuration would make it, in one process. Warnings go to stderr.

${serverOptionsHelp}
${folderOptionsHelp}
  --format FORMAT    svg, dot (Graphviz), json or mermaid (json)

Examples:
  faultline topology --url https://crashes.example.org --format svg > topology.svg
  faultline topology --data ./data --set disabled='[processor]'
`;

const writers: Readonly<Record<string, (topology: Topology) => string | Promise<string>>> = {
  svg: async (topology) => topologySvg(topology, await placeTopology(topology, await layoutEngine())),
  dot: topologyDot,
  mermaid: topologyMermaid,
  json: (topology) => `${JSON.stringify(topology, null, 2)}\n`,
};

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...serverOptions, ...folderOptions, format: { type: 'string' } });
  const format = values.format ?? 'json';
  const write = writers[format];
  if (write === undefined) throw new UsageError(`There is no format "${format}": svg, dot, json or mermaid.`);
  const isRemote =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  const topology = isRemote
    ? ((await context.server(values).json('/api/v1/operations/topology')) as Topology)
    : await context.withServices(values, [PluginCatalog], async (services) =>
        configured(services.resolve(PluginCatalog)),
      );
  context.stdout(await write(topology));
  for (const { text, hint } of topology.warnings) context.stderr(`${text} ${hint}\n`);
  return 0;
}

/** One process with all roles, as `faultline serve` starts it. */
async function configured(catalog: PluginCatalog): Promise<Topology> {
  return topologyOf({
    processes: [{ host: 'this machine', pid: 0, roles: ['collector', 'processor', 'web', 'jobs'], isAlive: true }],
    plugins: await knownPlugins(catalog.states(), false),
    counts: null,
    problems: [],
  });
}
