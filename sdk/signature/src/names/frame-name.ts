import { listOf, objectOf, textOf } from '../crash-data.js';
import type { CrashDataFrame, CrashDataInline } from '../crash-data.js';
import type { ExpressionList } from '../lists/expression-list.js';
import { collapseCppFunction, tidySpaces } from './cpp-function.js';
import { collapseRustFunction, dropRustHash, fullRustName } from './rust-function.js';
import { fileNameOf, pathOfSourceFile } from './source-file.js';
import { KnownName } from './known-name.js';
import type { RecentMemo } from './recent-memo.js';

/** What a frame's name was made from. */
export type NameSource =
  'cpp-function' | 'rust-function' | 'source-line' | 'module' | 'unloaded-module' | 'offset' | 'none';

/** Names made before, by the text they were made of. */
export type NameMemo = Record<'cpp-function' | 'rust-function' | 'other', RecentMemo<KnownName>>;

/** A frame's place in a signature: "" when nothing is known of it. */
export interface FrameName {
  known: KnownName;
  source: NameSource;
}

/** What naming needs. */
export interface NamingContext {
  /** Functions that keep their line. */
  withLineNumbers: ExpressionList;
  names: NameMemo;
  /** Windows doesn't tell `KERNEL32.DLL` from `kernel32.dll`. */
  isWindows: boolean;
}

/**
 * Folklore: names of some template libraries run to tens of thousands of characters (Eigen, Boost.Spirit); beyond
 * this, the rest can't show in a signature of 255 and only costs time. A name is cut before anything is done to it.
 */
const maxNameLength = 65_536;

/**
 * The name of a frame: its function, else source line, module, unloaded module, address (socorro.md 5.2 C).
 * @param call who runs: an inlined call, or the frame itself
 * @param frame where it runs
 */
export function nameFrame(
  call: CrashDataInline & { unloaded_modules?: CrashDataFrame['unloaded_modules'] },
  frame: CrashDataFrame,
  context: NamingContext,
): FrameName {
  const functionName = textOf(call.function).slice(0, maxNameLength);
  const file = textOf(call.file);
  if (functionName !== '') return nameFunction(functionName, file, call.line, context);
  if (file !== '' && isGiven(call.line)) return nameOther('source-line', `${fileNameOf(file)}#${call.line}`, context);
  const module = textOf(frame.module).slice(0, maxNameLength);
  if (module !== '') {
    return nameOther('module', withoutSquareBrackets(context.isWindows ? module.toLowerCase() : module), context);
  }
  const [unloaded] = listOf(call.unloaded_modules);
  if (unloaded !== undefined) {
    return nameOther('unloaded-module', `(unloaded ${textOf(objectOf(unloaded).module) || 'None'})`, context);
  }
  const offset = textOf(frame.offset).slice(0, maxNameLength);
  if (offset === '') return { known: new KnownName(''), source: 'none' };
  // Hardly any address comes twice.
  return { known: new KnownName(`@${canonicalHex(offset)}`), source: 'offset' };
}

function nameOther(source: NameSource, name: string, { names }: NamingContext): FrameName {
  const before = names.other.get(name);
  if (before !== undefined) return { known: before, source };
  const known = new KnownName(name);
  names.other.set(name, known);
  return { known, source };
}

function nameFunction(
  functionName: string,
  file: string,
  line: CrashDataFrame['line'],
  { withLineNumbers, names }: NamingContext,
): FrameName {
  // Most files aren't Rust's, and most names were seen before: find both out first.
  const path = file.includes('.rs') ? pathOfSourceFile(file) : null;
  const isRust = path?.endsWith('.rs') === true;
  const source = isRust ? 'rust-function' : 'cpp-function';
  const fullName = isRust ? fullRustName(functionName, path ?? '') : functionName;
  const before = names[source].get(fullName);
  if (before !== undefined) return { known: before, source };

  const collapsed = isRust ? collapseRustFunction(fullName) : collapseCppFunction(fullName);
  const finish = (text: string) => new KnownName(isRust ? dropRustHash(tidySpaces(text)) : tidySpaces(text));
  if (withLineNumbers.match(collapsed) !== null) return { known: finish(`${collapsed}:${line ?? 'None'}`), source };
  const known = finish(collapsed);
  names[source].set(fullName, known);
  return { known, source };
}

function isGiven(line: CrashDataFrame['line']): boolean {
  return (typeof line === 'number' && line !== 0) || (typeof line === 'string' && line !== '');
}

/** `[vdso]` and the like. */
function withoutSquareBrackets(module: string): string {
  let start = 0;
  let end = module.length;
  while (start < end && '[]'.includes(module.charAt(start))) start++;
  while (end > start && '[]'.includes(module.charAt(end - 1))) end--;
  return module.slice(start, end);
}

/** `0x00Ab` and `00ab` give `0xab`; what is no number stays as it is. */
function canonicalHex(offset: string): string {
  const match = /^\s*(?:0[xX])?([0-9a-fA-F]+)\s*$/.exec(offset);
  if (match?.[1] === undefined) return offset;
  return `0x${match[1].replace(/^0+(?=.)/, '').toLowerCase()}`;
}
