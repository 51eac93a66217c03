import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline mappings upload mapping.txt [--product P --version V [--build B]] --url URL

Uploads the mapping that R8 or ProGuard wrote beside an app, plain or gzip. Java crashes that lacked it are processed
again by themselves.

${serverOptionsHelp}; it needs the permission upload_symbols
  --product P, --version V   what the crashes of this app say; not needed where R8 writes its mapping's id into traces
                             (-keepattributes SourceFile, Android Gradle plugin 8.6 or later)
  --build B                  one build of the version

Example: faultline mappings upload app/build/outputs/mapping/release/mapping.txt --product Shop --version 4.2
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    product: { type: 'string' },
    version: { type: 'string' },
    build: { type: 'string' },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('one mapping file is wanted');
  const { product = '', version = '', build = '' } = values;
  if ((product === '') !== (version === '')) throw new UsageError('--product and --version go together');
  const query = new URLSearchParams({ product, version, build });
  const body = Readable.toWeb(createReadStream(path.resolve(context.cwd, file), { highWaterMark: 256 * 1024 }));
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
  const response = await context.server(values).fetch(`/api/v1/mappings?${query.toString()}`, init);
  const answer = (await response.json()) as {
    error?: { message: string; hint?: string };
    mapping?: { id: string; ids: string[]; classes: number };
    isNamed?: boolean;
  };
  if (answer.mapping === undefined) {
    const { message = `the server answered ${response.status}`, hint = '' } = answer.error ?? {};
    context.stderr(`${file}: ${message} ${hint}\n`);
    return 1;
  }
  context.stdout(`${answer.mapping.id}  ${answer.mapping.classes} classes\n`);
  if (answer.isNamed === false) {
    context.stderr('Nothing names it yet: the mapping has no pg_map_id. Give --product and --version.\n');
    return 1;
  }
  return 0;
}
