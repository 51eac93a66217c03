/**
 * STACK CFI rule texts, compiled. A row is `reg: expression` repeated; an expression is postfix over integers,
 * registers, `.cfa` and `.undef`, with `+ - * / % @ ^`. Grammar: Breakpad's docs/symbol_files.md, "STACK CFI records".
 *
 * The same few thousand row texts recur over all functions of a module, so compiled rows are kept by their text.
 */

export type CfiToken =
  | { kind: 'integer'; value: bigint }
  /** A register by its name in the file, without `$`; what is no known token ends up here and has no value. */
  | { kind: 'register'; name: string }
  | { kind: 'cfa' | 'undefined' | 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder' | 'align' | 'load' };

/** One compiled expression. */
export type CfiExpression = readonly CfiToken[];

/** Register name in the file (`.cfa`, `.ra`, `rsp`, without `$`) to its expression. */
export type CfiRules = ReadonlyMap<string, CfiExpression>;

const operators: Record<string, CfiToken> = {
  '.cfa': { kind: 'cfa' },
  '.undef': { kind: 'undefined' },
  '+': { kind: 'add' },
  '-': { kind: 'subtract' },
  '*': { kind: 'multiply' },
  '/': { kind: 'divide' },
  '%': { kind: 'remainder' },
  '@': { kind: 'align' },
  '^': { kind: 'load' },
};

/** Real rows stay below a few hundred characters; a longer one is hostile and costs time on every frame. */
const maxRowLength = 64 * 1024;
const maxCachedRowLength = 1024;
const maxCachedRows = 8192;
const cache = new Map<string, CfiRules | null>();

/**
 * Rules of one row; null when the row is malformed: empty, beginning with no register, or with a register that has
 * no expression. Then nothing of the record can be used.
 */
export function compileCfiRow(text: string): CfiRules | null {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const rules = text.length > maxRowLength ? null : parseRow(text);
  if (text.length <= maxCachedRowLength) {
    if (cache.size >= maxCachedRows) cache.clear();
    cache.set(text, rules);
  }
  return rules;
}

/** Rules in force after all rows, a later row replacing an earlier one register by register; null if one is malformed. */
export function combineCfiRows(rows: readonly string[]): CfiRules | null {
  const first = rows[0];
  if (rows.length === 1 && first !== undefined) return compileCfiRow(first);
  const combined = new Map<string, CfiExpression>();
  for (const row of rows) {
    const rules = compileCfiRow(row);
    if (rules === null) return null;
    for (const [register, expression] of rules) combined.set(register, expression);
  }
  return combined;
}

function parseRow(text: string): CfiRules | null {
  const rules = new Map<string, CfiExpression>();
  let register: string | null = null;
  let expression: CfiToken[] = [];
  for (const word of text.split(/[ \t\r\n\f]+/)) {
    if (word === '') continue;
    if (!word.endsWith(':')) {
      if (register === null) return null;
      expression.push(parseToken(word));
      continue;
    }
    if (register !== null) {
      if (expression.length === 0) return null;
      rules.set(register, expression);
    }
    register = word.startsWith('$') ? word.slice(1, -1) : word.slice(0, -1);
    expression = [];
  }
  if (register === null || expression.length === 0) return null;
  rules.set(register, expression);
  return rules;
}

function parseToken(word: string): CfiToken {
  const operator = Object.hasOwn(operators, word) ? operators[word] : undefined;
  if (operator !== undefined) return operator;
  const dollar = word.indexOf('$');
  if (dollar >= 0) return { kind: 'register', name: word.slice(dollar + 1) };
  if (/^[+-]?[0-9]{1,19}$/.test(word)) {
    const value = BigInt(word.startsWith('+') ? word.slice(1) : word);
    if (BigInt.asIntN(64, value) === value) return { kind: 'integer', value: BigInt.asUintN(64, value) };
  }
  return { kind: 'register', name: word };
}
