/** What `faultline stackwalk` does. Imports only what walking needs: it must start within a quarter of a second. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { breakpadText, humanText, walkJsonText, walkMinidump, type WalkResult } from '@faultline/minidump';
import type { CliContext } from '@faultline/sdk/cli-command';
import { isFaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import { openFileSource } from '../child/file-source.js';
import { knownFacts } from '../child/known-facts.js';
import { walkStatus } from '../walk-status.js';
import { help, parseOptions, type StackwalkOptions } from './stackwalk-options.js';

export async function run(context: CliContext): Promise<number> {
  let options: StackwalkOptions | null;
  try {
    options = parseOptions(context.args);
  } catch (error) {
    context.stderr(`faultline stackwalk: ${messageOf(error)}\nSee faultline stackwalk --help.\n`);
    return 2;
  }
  if (options === null) {
    context.stdout(help);
    return 0;
  }
  try {
    const text = print(await walk(options, context), options);
    if (options.outputFile === null) context.stdout(text);
    else await writeFile(path.resolve(context.cwd, options.outputFile), text);
    return 0;
  } catch (error) {
    context.stderr(`ERROR ${failure(error)}\n`);
    return 1;
  }
}

async function walk(options: StackwalkOptions, context: CliContext): Promise<WalkResult> {
  const { symbols, close } = await openSymbols(options, context);
  const source = openFileSource(path.resolve(context.cwd, options.dump));
  try {
    const evil = options.evilJson === null ? null : await readJson(path.resolve(context.cwd, options.evilJson));
    const { threads } = options;
    return await walkMinidump({ source, symbols, threads, known: knownFacts(evil), signal: context.signal });
  } finally {
    await source.close?.();
    await close();
  }
}

interface SymbolSources {
  createSymbolProvider(options: object): SymbolProvider & { close(): Promise<void> };
}

/** Symbol sources belong to another plugin; without options for them it is not even loaded. */
async function openSymbols(
  options: StackwalkOptions,
  context: CliContext,
): Promise<{ symbols: SymbolProvider | null; close: () => Promise<void> }> {
  if (options.symbolsPaths.length === 0 && options.symbolsUrls.length === 0 && options.symbolsCache === null) {
    return { symbols: null, close: () => Promise.resolve() };
  }
  const { createSymbolProvider } = (await context.importFrom('symbols', './sources')) as SymbolSources;
  const absolute = (folder: string) => path.resolve(context.cwd, folder);
  const symbols = createSymbolProvider({
    paths: options.symbolsPaths.map(absolute),
    urls: options.symbolsUrls,
    cacheFolder: options.symbolsCache === null ? null : absolute(options.symbolsCache),
  });
  return { symbols, close: () => symbols.close() };
}

function print(result: WalkResult, options: StackwalkOptions): string {
  switch (options.form) {
    case 'json':
      return `${walkJsonText(result, { pretty: options.pretty })}\n`;
    case 'breakpad':
      return breakpadText(result);
    case 'human':
      return humanText(result, { brief: options.brief });
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}

/** `NAME - text`, the form of minidump-stackwalk's last line, which scripts read. */
function failure(error: unknown): string {
  if (isFaultlineError(error))
    return `${walkStatus(error.code)} - ${error.message}.${error.hint ? ` ${error.hint}` : ''}`;
  if (systemErrorCode(error) === 'ENOENT') return 'FileNotFound - There is no such minidump; check the path.';
  return `UnknownError - ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
