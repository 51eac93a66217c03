import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline submit-key end PRODUCT KEY --url URL

Ends a submit key at once: reports that bring it are refused with 401 from then on. When it was the last one, the
product needs none.

${serverOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...serverOptions });
  const [product, key, ...more] = positionals;
  if (product === undefined || key === undefined || more.length > 0)
    throw new UsageError('a product and a key are wanted');
  const place = `${encodeURIComponent(product)}/${encodeURIComponent(key)}`;
  await context.server(values).json(`/api/v1/plugins/collector/keys/${place}`, { method: 'DELETE' });
  context.stdout('Ended.\n');
  return 0;
}
