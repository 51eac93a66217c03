import type { CliContext } from '@faultline/sdk/cli-command';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products list [--json]

Lists products: what was declared, and those known only from reports.

  --json             as JSON
${catalogOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...catalogOptions, json: { type: 'boolean' } });
  const products = await withCatalog(context, values, (catalog) => catalog.products());
  if (values.json === true) context.stdout(`${JSON.stringify({ products }, null, 2)}\n`);
  else if (products.length === 0) {
    context.stdout('No product yet: declare one with `faultline products set NAME`, or wait for the first report.\n');
  } else {
    for (const { name, isDeclared, accepted, aliases } of products) {
      const state = !isDeclared ? 'known from reports' : accepted ? 'accepted' : 'not accepted';
      context.stdout(`${name}  ${state}${aliases.length === 0 ? '' : `  also ${aliases.join(', ')}`}\n`);
    }
  }
  return 0;
}
