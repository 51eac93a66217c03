import { listOf, objectOf, textOf } from './crash-data.js';
import type { CrashData } from './crash-data.js';
import { firstLines, isLongerThan, trimSpace } from './names/unicode-text.js';

/** Signatures of Java crashes (socorro.md section 5.4): of a stack trace as text, or of a structured exception. */
export interface JavaSignature {
  signature: string;
  notes: string[];
}

/** A description that makes the whole longer than this is left out. */
const maxLength = 255;

/** From the text of a stack trace: the exception's class, its description, the method on top. */
export function signJavaStackTrace(trace: unknown): JavaSignature {
  const text = textOf(trace);
  if (text === '') {
    const notes = [note('stack trace not in expected format')];
    return { signature: 'EMPTY: Java stack trace not in expected format', notes };
  }
  const notes: string[] = [];
  const [firstLine = '', secondLine] = firstLines(text, 2).map(trimSpace);
  const colon = firstLine.indexOf(':');
  if (colon < 0) notes.push(note('stack trace line 1 is not in the expected format'));
  const javaClass = colon < 0 ? firstLine : trimSpace(firstLine.slice(0, colon));
  const description = colon < 0 ? '' : trimSpace(firstLine.slice(colon + 1)).replace(/@[0-9a-f]{8}/g, '@<addr>');
  if (secondLine === undefined) notes.push(note('stack trace line 2 is missing'));
  if (secondLine === '') notes.push(note('stack trace line 2 is empty'));
  const method = (secondLine ?? '').replace(/\.java:\d+\)$/, '.java)');

  const signature = joinParts([javaClass, describe(description, method)]);
  if (!isLongerThan(signature, maxLength)) return { signature, notes };
  notes.push(note('dropped Java exception description due to length'));
  return { signature: `${javaClass}: ${method}`, notes };
}

/** A description that ends in an address is parted from the method by more than a space. */
function describe(description: string, method: string): string {
  if (description.endsWith('<addr>')) return joinParts([description, method]);
  return [description, method].filter((part) => part !== '').join(' ');
}

function joinParts(parts: string[]): string {
  return parts.filter((part) => part !== '').join(': ');
}

function note(text: string): string {
  return `JavaSignatureTool: ${text}`;
}

/** From a structured exception: the class that was thrown and the method on top. */
export function signJavaException(exception: CrashData['java_exception']): JavaSignature {
  const [value] = listOf(objectOf(objectOf(exception).exception).values);
  const trace = objectOf(objectOf(value).stacktrace);
  if (Object.keys(trace).length === 0) {
    const notes = ['JavaExceptionSignatureTool: value not in expected format'];
    return { signature: 'EMPTY: Java exception not in expected format', notes };
  }
  const javaClass = classOf(textOf(trace.module), trace.type);
  const [top] = listOf(trace.frames);
  return { signature: top === undefined ? javaClass : `${javaClass}: at ${nameOfMethod(objectOf(top))}`, notes: [] };
}

/** A module without a type says nothing to Socorro, which writes a null as Python does. */
function classOf(module: string, type: string | null | undefined): string {
  if (type === null) return 'None';
  const name = textOf(type ?? 'Unknown');
  return name === '' ? '' : dotted(module, name);
}

function nameOfMethod(frame: { module?: string | null; function?: string | null; filename?: string | null }): string {
  const method = dotted(textOf(frame.module), textOf(frame.function));
  if (method === '') return 'unknown';
  const file = textOf(frame.filename);
  return file === '' ? method : `${method}(${file})`;
}

function dotted(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('.');
}
