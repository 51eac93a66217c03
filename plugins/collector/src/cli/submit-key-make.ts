import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline submit-key make PRODUCT [--overlap DAYS] --url URL

Makes a submit key and prints just the key. From then on reports of the product must bring one of its keys ("*": all
products without keys of their own). With --overlap the keys that were made before end after so many days: put the new
one into the next release, and the old one dies with the releases that have it.

${serverOptionsHelp}
  --overlap DAYS     the product's other keys end after so many days; 0 ends them now

Example: faultline submit-key make Paint --overlap 90 --url http://127.0.0.1:7070
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...serverOptions, overlap: { type: 'string' } });
  const [product, ...more] = positionals;
  if (product === undefined || more.length > 0) throw new UsageError('one product is wanted');
  const overlapDays = values.overlap === undefined ? null : Number(values.overlap);
  if (overlapDays !== null && !(overlapDays >= 0)) throw new UsageError('--overlap wants a number of days');
  const made = (await context.server(values).json('/api/v1/plugins/collector/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ product, overlapDays }),
  })) as { key: string };
  context.stdout(`${made.key}\n`);
  return 0;
}
