import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { stringify } from 'yaml';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products show NAME [--json]

Prints what is known of a product, and its newest releases.

  --json             as JSON
${catalogOptionsHelp}
`;

const mostReleases = 50;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...catalogOptions, json: { type: 'boolean' } });
  const [wanted] = positionals;
  if (wanted === undefined || positionals.length > 1) throw new UsageError('Name one product.');
  const found = await withCatalog(context, values, async (catalog) => {
    const product = (await catalog.products()).find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
    return product === undefined ? null : { product, releases: await catalog.releases(product.name) };
  });
  if (found === null) {
    throw new FaultlineError('NotFound', 'PRODUCT_UNKNOWN', `There is no product "${wanted}".`, {
      hint: '`faultline products list` shows them.',
    });
  }
  if (values.json === true) {
    context.stdout(`${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  context.stdout(stringify(found.product));
  context.stdout(found.releases.length === 0 ? 'releases: none yet\n' : 'releases:\n');
  for (const { date, version, channel, buildId, isDeclared } of found.releases.slice(0, mostReleases)) {
    const words = [date.slice(0, 10) || 'no date', version, channel, buildId, isDeclared ? '' : '(from reports)'];
    context.stdout(`  ${words.filter((word) => word !== '').join('  ')}\n`);
  }
  const more = found.releases.length - mostReleases;
  if (more > 0) context.stdout(`  and ${more} older ones\n`);
  return 0;
}
