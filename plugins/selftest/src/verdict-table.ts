import type { Verdict } from './checks/check.js';

export interface Line extends Verdict {
  check: string;
  milliseconds: number;
}

const words = { ok: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;

/** One line of the table, in columns that stand below each other whatever comes. */
export function lineText({ check, outcome, milliseconds, what }: Line): string {
  // What a server says may be anything: a terminal must not obey it.
  const plain = what.replace(/\p{Cc}+/gu, ' ');
  return `${words[outcome].padEnd(8)}${check.padEnd(42)}${`${milliseconds} ms`.padStart(9)}  ${plain}\n`;
}

export function sumText(lines: readonly Line[]): string {
  const count = (outcome: Verdict['outcome']): number => lines.filter((line) => line.outcome === outcome).length;
  return `${count('ok')} ok, ${count('failed')} failed, ${count('skipped')} skipped\n`;
}
