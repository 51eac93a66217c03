import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products remove NAME

Forgets what was declared about a product. Its reports stay, and so do its releases.

${catalogOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse(catalogOptions);
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new UsageError('Name one product.');
  if (!(await withCatalog(context, values, (catalog) => catalog.remove(name)))) {
    throw new FaultlineError('NotFound', 'PRODUCT_UNKNOWN', `No product "${name}" is declared.`, {
      hint: '`faultline products list` shows them.',
    });
  }
  context.stdout(`${name} is no longer declared.\n`);
  return 0;
}
