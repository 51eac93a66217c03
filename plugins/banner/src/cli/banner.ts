import type { CliContext } from '@faultline/sdk';
import { Banner, BannerDetail, bannerLevels } from '@faultline/sdk/api';
import { serverOptions, serverOptionsHelp, UsageError } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline banner [TEXT | --clear] [options]

Shows the banner that stands on every screen, puts up TEXT in its place, or takes it down.

  --level LEVEL     ${bannerLevels.join(', ')} (default: info)
  --for DURATION    it goes by itself after that: 90m, 8h, 3d
  --clear           take it down
${serverOptionsHelp}
`;

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    level: { type: 'string' },
    for: { type: 'string' },
    clear: { type: 'boolean' },
  });
  const server = context.server(values);
  const send = (method: string, body?: Banner): Promise<unknown> =>
    server.json('/api/v1/banner', {
      method,
      signal: context.signal,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  if (positionals.length > 1) throw new UsageError('Put the text in quotes: it is one argument.');
  const [text] = positionals;
  if (values.clear === true) {
    if (text !== undefined) throw new UsageError('Either a text or --clear.');
    await send('DELETE');
    context.stdout('There is no banner now.\n');
    return 0;
  }
  const answer = text === undefined ? await send('GET') : await send('PUT', wanted(text, values));
  const { banner } = BannerDetail.parse(answer);
  if (banner === null) context.stdout('There is no banner.\n');
  else context.stdout(`${banner.level}${banner.until === null ? '' : ` until ${banner.until}`}: ${banner.text}\n`);
  return 0;
}

function wanted(text: string, values: { level?: string | undefined; for?: string | undefined }): Banner {
  const banner = Banner.safeParse({ text, level: values.level ?? 'info', until: end(values.for) });
  if (banner.success) return banner.data;
  const [issue] = banner.error.issues;
  throw new UsageError(`--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not taken'}`);
}

function end(duration: string | undefined): string | null {
  if (duration === undefined) return null;
  const match = /^(\d{1,5})([mhd])$/.exec(duration);
  if (match === null) throw new UsageError('--for takes a duration such as 90m, 8h or 3d.');
  return new Date(Date.now() + Number(match[1]) * units[match[2] as keyof typeof units]).toISOString();
}
