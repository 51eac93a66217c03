import { RE2JS } from 're2js';
import { LiteralPrefixes } from './literal-prefixes.js';
import { readPythonExpression } from './python-expression.js';

/** One expression of a list, and where it stands. */
export interface ListEntry {
  file: string;
  /** Counted from 1. */
  line: number;
  expression: string;
}

/** What is wrong with a line. An `error` was left out of the list, a `warning` was taken. */
export interface ListProblem extends ListEntry {
  severity: 'error' | 'warning';
  code: 'EXPRESSION_INVALID' | 'EXPRESSION_TOO_LONG' | 'EXPRESSION_NESTED_REPETITION' | 'LIST_TOO_LONG';
  message: string;
}

const maxExpressionLength = 4096;
const maxEntries = 20_000;
/** Instructions of RE2's compiled program; Socorro's longest have some 60. */
const maxProgramSize = 5000;

/**
 * A list of regular expressions, matched like Python's `re.match` with all of them joined: at the start of the text,
 * with no end implied. Time is linear in the text, whatever the expressions are: they run on RE2.
 *
 * RE2 in JavaScript is slow next to a plain comparison, and most expressions are plain texts. So plain ones stand in
 * a tree of prefixes, and the others are joined into one automaton that says whether to ask them one by one.
 */
export class ExpressionList {
  private readonly plain = new LiteralPrefixes<ListEntry>();
  private readonly others: { entry: ListEntry; expression: RE2JS }[] = [];
  /** Made at the first match: who only reads the list for its problems needs none. */
  private anyOther: RE2JS | null = null;

  private constructor(
    readonly entries: readonly ListEntry[],
    /** Lines left out, and lines worth a look. */
    readonly problems: readonly ListProblem[],
    compiled: readonly CompiledEntry[],
  ) {
    for (const one of compiled) {
      if ('literal' in one) this.plain.add(one.literal, one.entry);
      else this.others.push(one);
    }
  }

  /** Reads a list: one expression a line; blank lines and lines that start with `#` don't count. Never throws. */
  static parse(text: string, file: string): ExpressionList {
    const compiled: CompiledEntry[] = [];
    const problems: ListProblem[] = [];
    for (const entry of entriesOf(text, file)) {
      if (compiled.length >= maxEntries) {
        const message = `The list has more than ${maxEntries} expressions; this one and those after it are left out.`;
        problems.push({ ...entry, severity: 'error', code: 'LIST_TOO_LONG', message });
        break;
      }
      const result = compileEntry(entry);
      if (result.compiled !== null) compiled.push(result.compiled);
      if (result.problem !== null) problems.push(result.problem);
    }
    return new ExpressionList(
      compiled.map(({ entry }) => entry),
      problems,
      compiled,
    );
  }

  /** The first entry of the list that matches at the start of the text, or null. */
  match(text: string): ListEntry | null {
    const plain = this.plain.first(text);
    if (this.others.length === 0) return plain;
    this.anyOther ??= compileUnion(this.others.map(({ expression }) => expression.pattern()));
    if (!this.anyOther.test(text)) return plain;
    for (const { entry, expression } of this.others) {
      if (plain !== null && plain.line < entry.line) return plain;
      if (expression.test(text)) return entry;
    }
    return plain;
  }
}

/** The lines of a list that count, in order. */
export function* entriesOf(text: string, file: string): Generator<ListEntry> {
  let line = 0;
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    line++;
    const expression = raw.trim();
    if (expression !== '' && !expression.startsWith('#')) yield { file, line, expression };
  }
}

type CompiledEntry = { entry: ListEntry; literal: string } | { entry: ListEntry; expression: RE2JS };

function compileEntry(entry: ListEntry): { compiled: CompiledEntry | null; problem: ListProblem | null } {
  const refuse = (code: ListProblem['code'], message: string) => ({
    compiled: null,
    problem: { ...entry, severity: 'error' as const, code, message },
  });
  if (entry.expression.length > maxExpressionLength) {
    const shown = { ...entry, expression: `${entry.expression.slice(0, 80)}...` };
    const message = `The expression has ${entry.expression.length} characters; at most ${maxExpressionLength} are read.`;
    return { compiled: null, problem: { ...shown, severity: 'error', code: 'EXPRESSION_TOO_LONG', message } };
  }
  const { re2, literal, hasNestedRepetition } = readPythonExpression(entry.expression);
  // Compiling the built-in lists would be a tenth of the server's start, and most of their lines are plain texts.
  if (literal !== null) return { compiled: { entry, literal }, problem: null };
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(`^(?:${re2})`, RE2JS.DISABLE_UNICODE_GROUPS);
  } catch (error) {
    // RE2 quotes the expression as it was given it; the line says better where it stands.
    const message = error instanceof Error ? error.message : String(error);
    return refuse('EXPRESSION_INVALID', message.replace(/^error parsing regexp: /, '').replace(/: `[^]*`$/, ''));
  }
  if (expression.programSize() > maxProgramSize) {
    return refuse(
      'EXPRESSION_TOO_LONG',
      `Repetitions unfold to ${expression.programSize()} steps, over ${maxProgramSize}.`,
    );
  }
  const message =
    'A repetition inside a repeated group: it runs in linear time here, but other engines may hang on it.';
  const problem: ListProblem | null = hasNestedRepetition
    ? { ...entry, severity: 'warning', code: 'EXPRESSION_NESTED_REPETITION', message }
    : null;
  return { compiled: { entry, expression }, problem };
}

/** One automaton that says whether any of the expressions matches. */
function compileUnion(patterns: readonly string[]): RE2JS {
  return RE2JS.compile(patterns.map((pattern) => `(?:${pattern})`).join('|'), RE2JS.DISABLE_UNICODE_GROUPS);
}
