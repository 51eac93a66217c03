import type { ClassMapping, MethodMapping } from './class-mapping.js';

export interface JavaFrame {
  className: string;
  method: string;
  /** "" when unknown. */
  file: string;
  /** Null when unknown. */
  line: number | null;
}

/** A mapping, read class by class. */
export interface ClassLookup {
  /** Null for a class that the mapping does not have. */
  byObfuscated(name: string): ClassMapping | null;
  byOriginal(name: string): ClassMapping | null;
}

export interface RetracedFrame {
  /** Innermost first: one, or several where calls were inlined. */
  frames: JavaFrame[];
  /** Other methods it may have been as well, each as `class.method`. */
  alternatives: string[];
}

/** Null when the mapping says nothing of the frame's class: it keeps its names. */
export function retraceFrame(frame: JavaFrame, classes: ClassLookup): RetracedFrame | null {
  const mapping = classes.byObfuscated(frame.className);
  if (mapping === null) return null;
  const candidates = mapping.methods.get(frame.method) ?? [];
  const groups = groupsFor(candidates, frame.line);
  const [best, ...others] = groups;
  if (best === undefined) {
    const kept: JavaFrame = {
      ...frame,
      className: mapping.original,
      file: fileOf(mapping.original, mapping, frame.file),
    };
    return { frames: [kept], alternatives: [] };
  }
  const written = best.filter(({ isSynthesized }) => !isSynthesized);
  const frames = (written.length > 0 ? written : best).map((method) => originalFrame(method, frame, mapping, classes));
  const first = frames[0];
  const named = others
    .flatMap((group) => group.slice(0, 1))
    .map((method) => `${method.className ?? mapping.original}.${method.name}`);
  const own = first === undefined ? '' : `${first.className}.${first.method}`;
  return { frames, alternatives: [...new Set(named)].filter((name) => name !== own).slice(0, 20) };
}

/**
 * The methods that the line may mean, calls that were inlined into each other together: they have one range and follow
 * one another. Without a line, or with one that no range has, every method of the name is possible.
 */
function groupsFor(candidates: readonly MethodMapping[], line: number | null): MethodMapping[][] {
  const groups: MethodMapping[][] = [];
  for (const method of candidates) {
    const last = groups.at(-1);
    const range = last?.[0]?.range;
    const isSame =
      range != null && method.range !== null && range.first === method.range.first && range.last === method.range.last;
    if (isSame) last?.push(method);
    else groups.push([method]);
  }
  if (line !== null && line > 0) {
    const exact = groups.filter(
      ([first]) => first?.range != null && line >= first.range.first && line <= first.range.last,
    );
    if (exact.length > 0) return exact;
  }
  const anyLine = groups.filter(([first]) => first?.range === null || first?.range.first === 0);
  return anyLine.length > 0 ? anyLine : onePerMethod(groups);
}

/** A method has a group for each of its lines. */
function onePerMethod(groups: readonly MethodMapping[][]): MethodMapping[][] {
  const seen = new Map<string, MethodMapping[]>();
  for (const group of groups) {
    const outer = group.at(-1);
    const name = `${outer?.className ?? ''}.${outer?.name ?? ''}`;
    if (outer !== undefined && !seen.has(name)) seen.set(name, [{ ...outer, source: null }]);
  }
  return [...seen.values()];
}

function originalFrame(method: MethodMapping, frame: JavaFrame, block: ClassMapping, classes: ClassLookup): JavaFrame {
  const className = method.className ?? block.original;
  const known = method.className === null ? block : classes.byOriginal(className);
  return {
    className,
    method: method.name,
    file: fileOf(className, known, frame.file),
    line: originalLine(method, frame.line),
  };
}

function originalLine({ range, source }: MethodMapping, line: number | null): number | null {
  if (source === null) return range === null ? line : null;
  // A single line: all of the range came from it, as the place of an inlined call does.
  if (source.last === null || source.first === source.last || line === null || range === null) return source.first;
  return Math.min(source.first + Math.max(0, line - range.first), source.last);
}

/** Kotlin's and other files' names are told by the mapping; else Java's rule: the outermost class names the file. */
function fileOf(className: string, mapping: ClassMapping | null, asSent: string): string {
  if (mapping !== null && mapping.sourceFile !== '') return mapping.sourceFile;
  const simple = className.slice(className.lastIndexOf('.') + 1);
  const outermost = simple.split('$')[0] ?? simple;
  const extension = /\.kt$/.test(asSent) ? 'kt' : 'java';
  return `${outermost === '' ? simple : outermost}.${extension}`;
}
