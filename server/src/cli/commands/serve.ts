import { processRoles, type Milliseconds } from '@faultline/sdk';
import { folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { writeDefaultConfig } from '../../config/default-file.js';
import { prepareDataFolder } from '../../serve/data-folder.js';
import { serve, type ServingHost } from '../../serve/serve.js';
import {
  configFileOf,
  dataFolderOf,
  loadProgramConfig,
  requireKnownSections,
  programOptions,
} from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline serve [OPTIONS]

Runs the server until it gets SIGTERM or Ctrl-C. Prints "ready http://HOST:PORT" on stdout once it takes posts; logs
go to stderr.

${folderOptionsHelp}
  --host HOST        address to listen on (127.0.0.1)
  --port N           port to listen on (7070); 0 takes a free one
  --roles LIST       some of ${processRoles.join(', ')} (all)
  --dev              readable logs with everything in them; plugins from outside are reloaded when they change

Example: faultline serve --data /var/lib/faultline --port 8080
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, {
    ...programOptions,
    roles: { type: 'string' },
    dev: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError(`"${positionals.join(' ')}" is too much`);
  const roles = rolesOf(values.roles);
  await prepareDataFolder(dataFolderOf(values, context));
  if (values.config === undefined) await writeDefaultConfig(configFileOf(values, context));
  const config = await loadProgramConfig(values, context);
  requireKnownSections(config.configuration, await pluginIds(config.sources));

  const stopRequested = stopSignal();
  const starting = serve({ config, roles, isDevelopment: values.dev === true, say: context.stderr });
  endIfStuck(starting, stopRequested, context);
  const serving = await starting;
  logStrayErrors(serving);
  for (const name of config.configuration.unusedVariables()) {
    serving.host.logger.warn(`The variable ${name} sets nothing: no plugin has such a setting.`);
  }
  context.stdout(`ready ${serving.url}\n`);
  await stopRequested;
  const isClean = await serving.stop();
  endAnyway(isClean ? 0 : 1, serving);
  return isClean ? 0 : 1;
}

function rolesOf(list: string | undefined): ReadonlySet<string> {
  if (list === undefined) return new Set(processRoles);
  const roles = list.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !processRoles.some((known) => known === role));
  if (unknown === undefined) return new Set(roles);
  throw new UsageError(`"${unknown}" is no role; there are ${processRoles.join(', ')}`);
}

/** A manifest that is broken is the boot's to report. */
async function pluginIds(sources: readonly { packageJson(): Promise<Record<string, unknown>> }[]): Promise<string[]> {
  const manifests = await Promise.allSettled(sources.map((source) => source.packageJson()));
  return manifests.flatMap((result) => {
    const manifest =
      result.status === 'fulfilled' ? (result.value['faultline'] as { id?: unknown } | undefined) : undefined;
    return typeof manifest?.id === 'string' ? [manifest.id] : [];
  });
}

/** Resolves at the first SIGTERM or SIGINT; at the second the process ends at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(130);
        isStopping = true;
        resolve();
      });
    }
  });
}

/** A start that was asked to end has this long to come to its end; what it holds is safe without a farewell. */
const startLimit: Milliseconds = 10_000;

function endIfStuck(starting: Promise<ServingHost>, stopRequested: Promise<void>, context: CliContext): void {
  let isOver = false;
  const over = () => void (isOver = true);
  starting.then(over, over);
  void stopRequested.then(() => {
    if (isOver) return;
    context.stderr('Asked to stop before the start is over.\n');
    const timer = setTimeout(() => process.exit(1), startLimit);
    const cancel = () => clearTimeout(timer);
    starting.then(cancel, cancel);
  });
}

/** What a plugin has left open (a timer, a socket, a worker) must not keep a process that has nothing more to do. */
function endAnyway(code: number, { host }: ServingHost): void {
  setTimeout(() => {
    host.logger.warn({ open: process.getActiveResourcesInfo() }, 'something is still open after the stop; ending');
    process.exit(code);
  }, 3000).unref();
}

/** A promise that a plugin forgot must not take the server down; what is thrown out of nowhere leaves it unsure. */
function logStrayErrors({ host }: ServingHost): void {
  process.on('unhandledRejection', (error) => host.logger.error({ err: error }, 'a rejection that nobody handled'));
  process.on('uncaughtException', (error) => {
    host.logger.error({ err: error }, 'an exception that nobody caught; stopping');
    void host.stop().finally(() => process.exit(1));
  });
}
