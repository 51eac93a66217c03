import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { ProductSettings } from '@faultline/sdk/product-catalog';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products set NAME [options]

Declares a product, or changes of it what the options name; the rest stays.

  --accept, --refuse        take its reports, or let the collector refuse them
  --description TEXT
  --alias NAME              another name that reports give it; repeated: all of them
  --feature VERSION         shown first; repeated: all of them; "auto" is the newest of each channel
  --crash-days N            days that its reports are kept; 0 leaves it to the server
  --dump-days N             days that its dumps are kept; 0 leaves it to the server
  --symbols URL             symbol server; repeated: all of them
  --ticket LABEL=URL        way to a new ticket, e.g. "GitHub=https://github.com/a/b/issues/new?title={title}"
  --source PREFIX=URL       where sources are shown, e.g. "/build/=https://github.com/a/b/blob/main/{path}#L{line}"
${catalogOptionsHelp}
`;

const list = { type: 'string', multiple: true } as const;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...catalogOptions,
    accept: { type: 'boolean' },
    refuse: { type: 'boolean' },
    description: { type: 'string' },
    alias: list,
    feature: list,
    'crash-days': { type: 'string' },
    'dump-days': { type: 'string' },
    symbols: list,
    ticket: list,
    source: list,
  });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new UsageError('Name one product.');
  if (values.accept === true && values.refuse === true) throw new UsageError('Either --accept or --refuse.');
  const saved = await withCatalog(context, values, async (catalog) => {
    const before = (await catalog.products()).find((product) => product.name === name && product.isDeclared);
    const base = ProductSettings.strip().parse(before ?? { name });
    const settings = ProductSettings.safeParse({
      ...base,
      ...(values.accept === true ? { accepted: true } : {}),
      ...(values.refuse === true ? { accepted: false } : {}),
      ...(values.description === undefined ? {} : { description: values.description }),
      ...(values.alias === undefined ? {} : { aliases: values.alias }),
      ...(values.feature === undefined ? {} : { featuredVersions: values.feature }),
      ...(values.symbols === undefined ? {} : { symbolSources: values.symbols }),
      ...(values.ticket === undefined ? {} : { ticketLinks: values.ticket.map((text) => pair(text, 'label', 'url')) }),
      ...(values.source === undefined ? {} : { sourceLinks: values.source.map((text) => pair(text, 'prefix', 'url')) }),
      retention: {
        crashDays: days(values['crash-days'], '--crash-days') ?? base.retention.crashDays,
        dumpDays: days(values['dump-days'], '--dump-days') ?? base.retention.dumpDays,
        ...(values['crash-days'] === '0' ? { crashDays: null } : {}),
        ...(values['dump-days'] === '0' ? { dumpDays: null } : {}),
      },
    });
    if (!settings.success) {
      const [issue] = settings.error.issues;
      throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not taken'}`);
    }
    return catalog.save(settings.data, before?.version ?? 0);
  });
  context.stdout(`${saved.name} is declared and ${saved.accepted ? 'accepted' : 'not accepted'}.\n`);
  return 0;
}

function pair<A extends string, B extends string>(text: string, first: A, second: B): Record<A | B, string> {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`"${text}" needs a "=" between its ${first} and its ${second}.`);
  const found: Record<string, string> = { [first]: text.slice(0, at), [second]: text.slice(at + 1) };
  return found as Record<A | B, string>;
}

/** Null when it is not given, or 0. */
function days(text: string | undefined, option: string): number | null {
  if (text === undefined || text === '0') return null;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`${option} takes a number of days.`);
}
