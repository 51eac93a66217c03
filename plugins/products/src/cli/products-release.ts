import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { ReleaseFacts } from '@faultline/sdk/product-catalog';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products release PRODUCT VERSION [options]

Says that a version was released; charts mark it. For the end of a build pipeline.

  --channel NAME     e.g. beta
  --build-id ID      as reports say it
  --date DATE        2026-11-20 or 2026-11-20T09:30:00Z; absent: from the build id, else its first report
${catalogOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...catalogOptions,
    channel: { type: 'string' },
    'build-id': { type: 'string' },
    date: { type: 'string' },
  });
  const [product, version] = positionals;
  if (version === undefined || positionals.length > 2) throw new UsageError('Name a product and a version.');
  const facts = ReleaseFacts.safeParse({
    product,
    version,
    channel: values.channel,
    buildId: values['build-id'],
    date: values.date,
  });
  if (!facts.success) {
    const [issue] = facts.error.issues;
    throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not taken'}`);
  }
  const release = await withCatalog(context, values, (catalog) => catalog.saveRelease(facts.data));
  context.stdout(
    `${release.product} ${release.version} is released${release.date === '' ? '' : ` on ${release.date.slice(0, 10)}`}.\n`,
  );
  return 0;
}
