import type { CliContext } from '@faultline/sdk/cli-command';
import { stringify } from 'yaml';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products export [--json]

Prints the declared products and releases, as \`faultline products import\` takes them.

  --json             as JSON instead of YAML
${catalogOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...catalogOptions, json: { type: 'boolean' } });
  const document = await withCatalog(context, values, (catalog) => catalog.export());
  context.stdout(values.json === true ? `${JSON.stringify(document, null, 2)}\n` : stringify(document));
  return 0;
}
