import path from 'node:path';
import {
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type CliServer,
} from '@faultline/sdk/cli-command';
import { systemErrorCode } from '@faultline/sdk/errors';
import { nativeProblem } from '../native/native-file.js';
import { filesBelow } from './find-symbol-files.js';
import type { FoundSymbolFile, SymbolFileCandidate } from './found-symbol-file.js';
import { printable } from './printable.js';
import { sendAnnounced, type SendOptions } from './send-announced.js';

export const help = `Usage: faultline symbols upload [--try] (DIR | FILE | ARCHIVE.zip)... --url URL

Uploads symbols. Of folders and zips, every .sym in them, named by its MODULE record, and every native debug file (.pdb,
.exe, .dll, ELF and .debug, Mach-O and dSYM), named by its headers, whatever the file is called; what the server has
already is left out, so that an upload that was cut off is gone on with by calling it again. What fails is tried four
times; when the server does not answer any more, it ends.

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
  const total: Total = { stored: 0, skipped: 0, bytes: 0, failed: [] };
  const upload: Upload = {
    server: context.server(values),
    isTry: values.try === true,
    signal: context.signal,
    total,
    tell: (text) => {
      if (values.quiet !== true) context.stderr(text);
    },
  };
  try {
    await sendEach(positionals, context, upload);
  } catch (error) {
    if (total.stored + total.skipped > 0) context.stdout(`${counts(total)}\n`);
    throw error;
  }
  for (const { name, reason } of total.failed) context.stderr(`${printable(name)}: ${printable(reason)}\n`);
  context.stdout(`${counts(total)}\n`);
  if (total.stored + total.skipped + total.failed.length === 0) {
    context.stderr(
      'There is no .sym file and no native debug file (.pdb, .exe, .dll, ELF, Mach-O) in what was named.\n',
    );
    return 1;
  }
  return total.failed.length === 0 ? 0 : 1;
}

interface Total {
  stored: number;
  skipped: number;
  /** Of what was stored, unpacked. */
  bytes: number;
  failed: { name: string; reason: string }[];
}

interface Upload {
  server: CliServer;
  isTry: boolean;
  signal: AbortSignal;
  total: Total;
  tell(text: string): void;
}

async function sendEach(names: readonly string[], context: CliContext, upload: Upload): Promise<void> {
  for (const word of names) {
    const start = path.resolve(context.cwd, word);
    if (/\.zip$/i.test(start)) {
      // A folder needs no reader of zips.
      const { withZipMembers } = await import('./find-in-zip.js');
      await withZipMembers(start, (candidates) => sendAll(candidates, upload));
    } else {
      const candidates: SymbolFileCandidate[] = [];
      for await (const candidate of filesBelow(start)) candidates.push(candidate);
      await sendAll(candidates, upload);
    }
  }
}

async function sendAll(candidates: readonly SymbolFileCandidate[], upload: Upload): Promise<void> {
  const { server, isTry, signal, total, tell } = upload;
  let ended = 0;
  const count = () => `[${++ended}/${candidates.length}]`;
  const options: SendOptions = {
    server,
    isTry,
    signal,
    onEnd(file, outcome) {
      const place = count();
      if (outcome.state === 'failed') total.failed.push({ name: file.name, reason: outcome.reason });
      else total[outcome.state]++;
      if (outcome.state !== 'stored') return;
      total.bytes += file.size;
      tell(`${place} ${file.key}  ${megabytes(file.size)} MB\n`);
    },
    onPart: (file, part) => tell(`        ${file.key}  ${Math.round(part * 100)} %\n`),
  };
  let batch: FoundSymbolFile[] = [];
  const send = async () => {
    if (batch.length > 0) await sendAnnounced(batch, options);
    batch = [];
  };
  for (const candidate of candidates) {
    signal.throwIfAborted();
    const found = await identified(candidate);
    if (found === null) count();
    else if (typeof found === 'string') {
      count();
      total.failed.push({ name: candidate.name, reason: found });
    } else batch.push(found);
    if (batch.length === batchSize) await send();
  }
  await send();
}

/** A text says what is wrong with the file. */
async function identified(candidate: SymbolFileCandidate): Promise<FoundSymbolFile | string | null> {
  try {
    return await candidate.identify();
  } catch (error) {
    const problem = nativeProblem(error) ?? packingProblem(error);
    if (problem === null) throw error;
    return problem;
  }
}

/** zlib's own errors. */
function packingProblem(error: unknown): string | null {
  return systemErrorCode(error).startsWith('Z_') ? 'its gzip is damaged' : null;
}

function counts({ stored, bytes, skipped, failed }: Total): string {
  return `${stored} stored (${megabytes(bytes)} MB of text), ${skipped} there already, ${failed.length} failed`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
