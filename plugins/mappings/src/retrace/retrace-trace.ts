/** Whole traces and exceptions with their own names. */
import { retraceFrame, type ClassLookup, type JavaFrame } from './retrace-frame.js';

export interface RetracedTrace {
  text: string;
  /** Frames that got other names. */
  renamed: number;
  /** Frames that may have been several methods, as written, with what else they may have been. */
  ambiguous: { frame: string; alternatives: string[] }[];
}

/** `\tat [loader/module/]class.method(file:line)`; the parts before the class are kept. */
const frameLine = /^(\s*at )((?:[^\s()/]*\/)*)([^\s()/]+)\.([^\s().]+)\(([^()]*)\)(.*)$/;
const thrownLine =
  /^(\s*(?:Caused by: |Suppressed: |Exception in thread "[^"]*" )?)([\p{L}_$][\p{L}\p{N}_$.]*)(:.*|\s*)$/u;
const mostAmbiguous = 50;

/** What a printed trace was before it was obfuscated: classes of what was thrown, frames, calls that were inlined. */
export function retraceTrace(text: string, classes: ClassLookup): RetracedTrace {
  const out: string[] = [];
  const ambiguous: RetracedTrace['ambiguous'] = [];
  let renamed = 0;
  for (const line of text.split('\n')) {
    const frame = frameLine.exec(line);
    if (frame === null) {
      out.push(retraceThrown(line, classes));
      continue;
    }
    const [, at = '', prefix = '', className = '', method = '', place = '', rest = ''] = frame;
    const found = retraceFrame({ className, method, ...placeOf(place) }, classes);
    if (found === null) {
      out.push(line);
      continue;
    }
    const lines = found.frames.map((one) => `${at}${prefix}${one.className}.${one.method}(${printPlace(one)})${rest}`);
    if (lines.join('\n') !== line) renamed++;
    out.push(...lines);
    if (found.alternatives.length > 0 && ambiguous.length < mostAmbiguous) {
      ambiguous.push({ frame: (lines[0] ?? line).trim(), alternatives: found.alternatives });
    }
  }
  return { text: out.join('\n'), renamed, ambiguous };
}

/** Name of a class that was thrown: only what is known is renamed, so that no word of a message is. */
export function retraceClass(name: string, classes: ClassLookup): string {
  return classes.byObfuscated(name)?.original ?? name;
}

function retraceThrown(line: string, classes: ClassLookup): string {
  const [, before = '', name = '', after = ''] = thrownLine.exec(line) ?? [];
  return name === '' ? line : `${before}${retraceClass(name, classes)}${after}`;
}

/** `Foo.java:12`, `Unknown Source:3`, `r8-map-id-…:12`, `Native Method`. */
function placeOf(place: string): Pick<JavaFrame, 'file' | 'line'> {
  const [, file = place, line] = /^(.*?)(?::(\d{1,9}))?$/.exec(place) ?? [];
  return { file, line: line === undefined ? null : Number(line) };
}

function printPlace({ file, line }: JavaFrame): string {
  return line === null ? file : `${file}:${line}`;
}

/** Ids that R8 writes in place of source files: the mapping that belongs to the trace. Null for none. */
export function mappingIdIn(text: string): string | null {
  return /\(r8-map-id-([0-9a-zA-Z_-]{4,128})(?::\d+)?\)/.exec(text)?.[1] ?? null;
}

/** Whether a trace looks as if its names were taken away: no file names, or classes of one letter or two. */
export function looksObfuscated(text: string): boolean {
  return text.split('\n').some((line) => {
    const [, , , className = '', method = '', place = ''] = frameLine.exec(line) ?? [];
    if (className === '') return false;
    const simple = className.slice(className.lastIndexOf('.') + 1);
    const hasNoFile = /^(SourceFile|Unknown Source|PG|Proguard|r8-map-id-.*)(:\d+)?$/i.test(place);
    return hasNoFile && (simple.length <= 3 || method.length <= 2 || place.startsWith('r8-map-id-'));
  });
}
