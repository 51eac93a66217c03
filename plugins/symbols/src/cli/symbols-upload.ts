import { openAsBlob } from 'node:fs';
import path from 'node:path';
import {
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type CliServer,
} from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { nativeProblem } from '../native/native-file.js';
import { sendAnnounced, type SendOutcome } from './send-announced.js';
import { identifySymbolFile, symbolFilePaths, type FoundSymbolFile } from './find-symbol-files.js';

export const help = `Usage: faultline symbols upload [--try] (DIR | FILE | ARCHIVE.zip)... --url URL

Uploads symbols. Of folders, every .sym in them, named by its MODULE record, and every native debug file (.pdb, .exe,
.dll, ELF and .debug, Mach-O and dSYM), named by its headers, whatever the file is called; what the server has already
is left out, so that an upload that was cut off is gone on with by calling it again. A file that fails is tried three
times. A zip is sent as it is.

${serverOptionsHelp}; it needs the permission upload_symbols
  --try              symbols of a try build: kept apart, and removed after some weeks
  --quiet            no progress

Exit code 1 when a file could not be uploaded; the others are.
Example: faultline symbols upload ./symbols --url https://crashes.example.org
`;

/** Files announced at once; the server takes up to 1,024. */
const batchSize = 200;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    try: { type: 'boolean' },
    quiet: { type: 'boolean' },
  });
  if (positionals.length === 0) throw new UsageError('a folder, a symbol or debug file, or a .zip is wanted');
  const server = context.server(values);
  const isTry = values.try === true;
  const total: SendOutcome = { stored: 0, skipped: 0, bytes: 0, failed: [] };
  const tell = (text: string) => {
    if (values.quiet !== true) context.stderr(text);
  };
  for (const word of positionals) {
    const start = path.resolve(context.cwd, word);
    if (/\.zip$/i.test(start)) add(total, await sendZip(server, start, isTry));
    else await sendFolder(start, { server, isTry, total, tell, signal: context.signal });
  }
  for (const { name, reason } of total.failed) context.stderr(`${name}: ${reason}\n`);
  const counts = `${total.stored} stored (${megabytes(total.bytes)} MB of text), ${total.skipped} there already`;
  context.stdout(`${counts}, ${total.failed.length} failed\n`);
  if (total.stored + total.skipped + total.failed.length === 0) {
    context.stderr(
      'There is no .sym file and no native debug file (.pdb, .exe, .dll, ELF, Mach-O) in what was named.\n',
    );
    return 1;
  }
  return total.failed.length === 0 ? 0 : 1;
}

async function sendFolder(
  start: string,
  run: { server: CliServer; isTry: boolean; total: SendOutcome; tell(text: string): void; signal: AbortSignal },
): Promise<void> {
  let batch: FoundSymbolFile[] = [];
  const send = async () => {
    if (batch.length === 0) return;
    const outcome = await sendAnnounced(batch, {
      server: run.server,
      isTry: run.isTry,
      signal: run.signal,
      onSent: (file) => run.tell(`${file.key}  ${megabytes(file.size)} MB\n`),
    });
    add(run.total, outcome);
    batch = [];
  };
  for await (const file of symbolFilePaths(start)) {
    run.signal.throwIfAborted();
    const found = await identified(file);
    if (typeof found === 'string') run.total.failed.push({ name: file, reason: found });
    else batch.push(found);
    if (batch.length === batchSize) await send();
  }
  await send();
}

/** A text says what is wrong with the file. */
async function identified(file: string): Promise<FoundSymbolFile | string> {
  try {
    return (await identifySymbolFile(file)) ?? 'it does not begin with a MODULE record, and is no native debug file';
  } catch (error) {
    const problem = nativeProblem(error);
    if (problem === null) throw error;
    return problem;
  }
}

async function sendZip(server: CliServer, file: string, isTry: boolean): Promise<SendOutcome> {
  const form = new FormData();
  if (isTry) form.append('try', '1');
  form.append('symbols.zip', await openAsBlob(file), path.basename(file));
  const response = await server.fetch('/upload/', { method: 'POST', body: form });
  const body = (await response.json()) as {
    error?: string;
    upload?: { stored_keys: string[]; skipped_keys: string[]; rejected_keys: { key: string; reason: string }[] };
  };
  if (body.upload === undefined) {
    const words = body.error ?? `The server answered ${response.status}.`;
    throw new FaultlineError('Unavailable', 'SYMBOL_UPLOAD_REFUSED', words);
  }
  const { stored_keys: stored, skipped_keys: skipped, rejected_keys: rejected } = body.upload;
  const failed = rejected.map(({ key, reason }) => ({ name: key, reason }));
  return { stored: stored.length, skipped: skipped.length, bytes: 0, failed };
}

function add(total: SendOutcome, more: SendOutcome): void {
  total.stored += more.stored;
  total.skipped += more.skipped;
  total.bytes += more.bytes;
  total.failed.push(...more.failed);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
