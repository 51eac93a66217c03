/**
 * One class of an R8 or ProGuard mapping, read when a frame needs it.
 * Format: R8's retrace documentation (mapping file versions 1.0 to 2.2); ProGuard's is its older half.
 */

/** A method under its obfuscated name, for some lines of the obfuscated code. */
export interface MethodMapping {
  /** Lines as the trace has them; null when the mapping holds for any. */
  range: { first: number; last: number } | null;
  /** Its class when it was moved or inlined from elsewhere; null for the class of the block. */
  className: string | null;
  name: string;
  /** Lines in the source; null when the mapping does not say. `last` is null for a single one: an inlined call's place. */
  source: { first: number; last: number | null } | null;
  isSynthesized: boolean;
}

export interface ClassMapping {
  original: string;
  /** "" when the mapping does not say. */
  sourceFile: string;
  /** By obfuscated name, in the order of the file: of one range, the innermost inlined call first. */
  methods: Map<string, MethodMapping[]>;
}

const classLine = /^(\S.*?) -> (\S+?):\s*$/;
const methodLine = /^\s+(?:(\d+):(\d+):)?\S+ ([^\s(]+)\([^)]*\)(?::(\d+))?(?::(\d+))? -> (\S+)\s*$/;
/** Of one class; generated code has some thousands. */
const mostMethods = 200_000;

/** Names of a line that begins a class; null for any other line. */
export function parseClassLine(line: string): { original: string; obfuscated: string } | null {
  const [, original, obfuscated] = classLine.exec(line) ?? [];
  return original === undefined || obfuscated === undefined ? null : { original, obfuscated };
}

/** @param block the lines of one class, with the line that names it */
export function parseClassMapping(block: string): ClassMapping | null {
  const lines = block.split(/\r?\n/);
  const names = parseClassLine(lines[0] ?? '');
  if (names === null) return null;
  const mapping: ClassMapping = { original: names.original, sourceFile: '', methods: new Map() };
  let last: MethodMapping | null = null;
  let count = 0;
  for (const line of lines.slice(1)) {
    if (line.trimStart().startsWith('#')) {
      applyComment(line, mapping, last);
      continue;
    }
    const method = parseMethod(line);
    if (method === null || ++count > mostMethods) continue;
    last = method.mapping;
    const known = mapping.methods.get(method.obfuscated);
    if (known === undefined) mapping.methods.set(method.obfuscated, [last]);
    else known.push(last);
  }
  return mapping;
}

function parseMethod(line: string): { obfuscated: string; mapping: MethodMapping } | null {
  const [, from, to, full, first, lastLine, obfuscated] = methodLine.exec(line) ?? [];
  if (full === undefined || obfuscated === undefined) return null;
  const dot = full.lastIndexOf('.');
  return {
    obfuscated,
    mapping: {
      // 0:0 stands for "no line at all".
      range: from === undefined || to === undefined ? null : { first: Number(from), last: Number(to) },
      className: dot < 0 ? null : full.slice(0, dot),
      name: full.slice(dot + 1),
      source:
        first === undefined ? null : { first: Number(first), last: lastLine === undefined ? null : Number(lastLine) },
      isSynthesized: false,
    },
  };
}

/** R8 puts facts into comments as JSON; what is not known of them changes nothing. */
function applyComment(line: string, mapping: ClassMapping, method: MethodMapping | null): void {
  const start = line.indexOf('{');
  if (start < 0) return;
  let fact: { id?: unknown; fileName?: unknown };
  try {
    fact = JSON.parse(line.slice(start)) as typeof fact;
  } catch {
    // A comment of a person.
    return;
  }
  if (fact.id === 'sourceFile' && typeof fact.fileName === 'string' && method === null) {
    mapping.sourceFile = fact.fileName.slice(0, 300);
  }
  if (fact.id === 'com.android.tools.r8.synthesized' && method !== null) method.isSynthesized = true;
}
