/**
 * A literal that every match of a regular expression must hold: the longest run of plain characters that stands at
 * the top level and is not repeated. "" when none is certain.
 */
export function literalOf(expression: string): string {
  // Alternatives and flags at the top level change what must be there; such expressions are tried on every string.
  if (/\(\?[^:]/.test(expression) || expression.includes('\\Q')) return '';
  let best = '';
  let run = '';
  let depth = 0;
  const endRun = () => {
    if (run.length > best.length) best = run;
    run = '';
  };
  for (let index = 0; index < expression.length; index++) {
    const character = expression[index] ?? '';
    if (character === '|' && depth === 0) return '';
    if (character === '(') depth++;
    if (character === '[') {
      endRun();
      index = endOfClass(expression, index);
      continue;
    }
    if ('*?{'.includes(character)) {
      // What was just before may be absent.
      run = run.slice(0, -1);
      endRun();
      if (character === '{') {
        const counts = /^\{\d*,?\d*\}/.exec(expression.slice(index, index + 16));
        if (counts === null) return '';
        index += counts[0].length - 1;
      }
      continue;
    }
    if ('().^$|+'.includes(character)) {
      endRun();
      if (character === ')') depth--;
      continue;
    }
    if (depth > 0) {
      if (character === '\\') index++;
      continue;
    }
    if (character === '\\') {
      const escaped = expression[++index] ?? '';
      // An escaped letter or digit is a class, an assertion or a code; an escaped sign stands for itself.
      if (/[A-Za-z0-9]/.test(escaped)) {
        endRun();
        index = endOfEscape(expression, index);
      } else run += escaped;
      continue;
    }
    run += character;
  }
  endRun();
  return /[\ud800-\udfff]/.test(best) ? '' : best;
}

function endOfClass(expression: string, start: number): number {
  let index = start + 1;
  if (expression[index] === '^') index++;
  if (expression[index] === ']') index++;
  while (index < expression.length && expression[index] !== ']') {
    if (expression[index] === '\\') index++;
    else if (expression.startsWith('[:', index)) index = Math.max(index, expression.indexOf(':]', index) + 1);
    index++;
  }
  return index;
}

function endOfEscape(expression: string, index: number): number {
  const rest = /^(?:[pP]\{[^}]*\}|[pP].|x\{[^}]*\}|x[0-9A-Fa-f]{2}|[0-7]{1,3})/.exec(expression.slice(index));
  return index + (rest === null ? 0 : rest[0].length - 1);
}
