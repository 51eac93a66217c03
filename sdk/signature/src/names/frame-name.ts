import { listOf, objectOf, textOf } from '../crash-data.js';
import type { CrashDataFrame, CrashDataInline } from '../crash-data.js';
import type { ExpressionList } from '../lists/expression-list.js';
import { collapseCppFunction, tidySpaces } from './cpp-function.js';
import { collapseRustFunction, dropRustHash, fullRustName } from './rust-function.js';
import { fileNameOf, pathOfSourceFile } from './source-file.js';
import type { RecentMemo } from './recent-memo.js';

/** What a frame's name was made from. */
export type NameSource =
  'cpp-function' | 'rust-function' | 'source-line' | 'module' | 'unloaded-module' | 'offset' | 'none';

/** Function names made before, by the text they were made of. */
export type KnownNames = Record<'cpp-function' | 'rust-function', RecentMemo<string>>;

/** A frame's place in a signature: "" when nothing is known of it. */
export interface FrameName {
  name: string;
  source: NameSource;
}

export interface NamingContext {
  /** Functions that keep their line. */
  withLineNumbers: ExpressionList;
  names: KnownNames;
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
  if (file !== '' && isGiven(call.line)) return { name: `${fileNameOf(file)}#${call.line}`, source: 'source-line' };
  const module = textOf(frame.module).slice(0, maxNameLength);
  if (module !== '') {
    return { name: withoutSquareBrackets(context.isWindows ? module.toLowerCase() : module), source: 'module' };
  }
  const [unloaded] = listOf(call.unloaded_modules);
  if (unloaded !== undefined) {
    return { name: `(unloaded ${textOf(objectOf(unloaded).module) || 'None'})`, source: 'unloaded-module' };
  }
  const offset = textOf(frame.offset).slice(0, maxNameLength);
  return offset === '' ? { name: '', source: 'none' } : { name: `@${canonicalHex(offset)}`, source: 'offset' };
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
  const known = names[source].get(fullName);
  if (known !== undefined) return { name: known, source };

  const collapsed = isRust ? collapseRustFunction(fullName) : collapseCppFunction(fullName);
  const finish = (text: string) => (isRust ? dropRustHash(tidySpaces(text)) : tidySpaces(text));
  if (withLineNumbers.match(collapsed) !== null) return { name: finish(`${collapsed}:${line ?? 'None'}`), source };
  const name = finish(collapsed);
  names[source].set(fullName, name);
  return { name, source };
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
