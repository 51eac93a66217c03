/** One module's native files made into its `.sym`. */
import { link, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import { breakpadPath } from '@faultline/symbols/symbol-path';
import { markUsed } from '../cache/last-used.js';
import type { SymbolStore, Verdict } from '../store/symbol-store.js';
import { parseSymbolKey } from '../store/symbol-key.js';
import type { SymbolRecord } from '../store/symbol-records.js';
import { runDumpSyms, type DumpSymsLimits } from './dump-syms.js';
import { linesBeginning } from './lines-beginning.js';

export interface ConvertOptions {
  store: SymbolStore;
  limits: DumpSymsLimits;
  /** Where files are laid out for the program. */
  folder: string;
  signal: AbortSignal;
}

interface LaidFile {
  path: string;
  bytes: number;
}

/**
 * Runs dump_syms over all that is known of the module: a binary with its PDB beside it, or a binary and what was split
 * off it, whose symbols and unwind records are put together.
 * @param files of one module, not empty
 */
export async function convertModule(
  debugId: string,
  files: readonly SymbolRecord[],
  options: ConvertOptions,
): Promise<Verdict> {
  const { store, signal } = options;
  const debugFile = moduleName(debugId, files);
  const place = breakpadPath({ codeFile: '', debugFile, debugId });
  if (place === null) throw new FaultlineError('Malformed', 'DEBUG_FILE_WITHOUT_ID', 'it has no debug id');
  await mkdir(options.folder, { recursive: true });
  const folder = await mkdtemp(path.join(options.folder, 'convert-'));
  try {
    const content = await dump(debugId, { files, debugFile, folder }, options);
    const isTry = files.every((file) => file.isTry);
    const key = parseSymbolKey(`${place.folder}/${place.id}/${place.file}`);
    return await store.add({ key, content, isTry, uploadId: '', uploadedBy: 'dump_syms', signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function dump(
  debugId: string,
  { files, debugFile, folder }: { files: readonly SymbolRecord[]; debugFile: string; folder: string },
  { store, limits, signal }: ConvertOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const architecture = files
    .flatMap(({ native }) => native?.modules ?? [])
    .find((one) => one.debugId === debugId)?.architecture;
  const slice = architecture === undefined || architecture === '' ? [] : ['--arch', architecture];
  const run = ({ path: file, bytes }: LaidFile) =>
    runDumpSyms(['--inlines', ...slice, file], { limits, folder: path.dirname(file), fileBytes: bytes, signal });
  const lay = (record: SymbolRecord, name: string) =>
    layOut(store.fileOf(record), path.join(folder, record.key.id), name);

  const symbols = files.find(({ native }) => native?.hasDebugInfo === true) ?? files[0];
  const code = files.find(({ native }) => native?.hasCode === true);
  if (symbols === undefined) throw new FaultlineError('NotFound', 'SYMBOL_FILE_UNKNOWN', 'its files are gone');
  if (symbols.native?.format === 'pdb') {
    const folderName = path.join(folder, 'windows');
    const pdb = await layOut(store.fileOf(symbols), folderName, debugFile);
    if (code === undefined) return run(pdb);
    // The binary has the unwind records; the program finds the PDB beside it.
    const binary = await layOut(store.fileOf(code), folderName, code.key.fileName);
    return run({ path: binary.path, bytes: binary.bytes + pdb.bytes });
  }
  const main = run(await lay(symbols, debugFile));
  const isSplit = symbols.native?.hasCode === false && code !== undefined && code !== symbols;
  if (!isSplit) return main;
  const unwinding = run(await layOut(store.fileOf(code), path.join(folder, 'code'), debugFile));
  return bothOf(main, linesBeginning('STACK ', unwinding));
}

async function* bothOf(
  first: AsyncIterable<Uint8Array>,
  second: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* second;
}

/** What crash reports call it: the binary's name, which what was split off it may not have. */
function moduleName(debugId: string, files: readonly SymbolRecord[]): string {
  const named = files.filter(({ native }) => native?.modules.some((module) => module.debugId === debugId) === true);
  const best = named.find(({ native }) => native?.hasCode === true) ?? named[0];
  return best?.native?.debugFile ?? '';
}

/** Under the name that the output shall have. The stored file itself may lie on another disk. */
async function layOut(file: string, folder: string, name: string): Promise<LaidFile> {
  await mkdir(folder, { recursive: true });
  const target = path.join(folder, name);
  markUsed(file);
  await link(file, target).catch(() => symlink(path.resolve(file), target));
  return { path: target, bytes: (await stat(target)).size };
}
