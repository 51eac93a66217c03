import type { AccessKind } from '../instruction.js';

const readsFirst =
  /^(cmp[xs]?$|test|bt$|push|call|jmp|i?div|mul|v?u?comis|v?ptest|scas|fld|fcom|fucom|fi?(add|mul|sub|div|com)|out|ldmxcsr|fxrstor|xrstor|l[gil]dt|ltr|lmsw|ver[rw]|bound|vldmxcsr|fldcw|fldenv|frstor|fbld|fild)/;
const writesFirst =
  /^(v?mov|set|pop|v?p?extr|vextract|stos|ins$|fi?stt?p?$|fbstp|fn?st|stmxcsr|vstmxcsr|fxsave|xsave|s[gil]dt|str$|smsw|v?p?maskmov)/;
const touchesNothing = /^(lea|nop|prefetch|clflush|clwb|cldemote|invlpg)/;

/** What an instruction does with a memory operand at a position, by its mnemonic. */
export function accessOf(mnemonic: string, position: number): AccessKind | null {
  if (touchesNothing.test(mnemonic)) return null;
  if (position > 0) return /^(xchg|xadd)/.test(mnemonic) ? 'readwrite' : 'read';
  if (/^(cmpxchg|xadd|xchg)/.test(mnemonic)) return 'readwrite';
  if (/^cmps/.test(mnemonic)) return 'read';
  if (readsFirst.test(mnemonic)) return 'read';
  return writesFirst.test(mnemonic) ? 'write' : 'readwrite';
}
