import { NotAnInstruction } from './code-reader.js';
import type { ModRm } from './modrm.js';

/** x87 forms with memory, by opcode D8 to DF and register field (Intel SDM, volume 2, appendix A.5). */
const arithmetic = (prefix: string, size: string) =>
  ['add', 'mul', 'com', 'comp', 'sub', 'subr', 'div', 'divr'].map((name) => `${prefix}${name} st(0),M${size}`);

const memoryForms: (string | null)[][] = [
  arithmetic('f', 'd'),
  ['fld st(0),Md', null, 'fst Md,st(0)', 'fstp Md,st(0)', 'fldenv Mn', 'fldcw Mw', 'fnstenv Mn', 'fnstcw Mw'],
  arithmetic('fi', 'd'),
  ['fild st(0),Md', 'fisttp Md,st(0)', 'fist Md,st(0)', 'fistp Md,st(0)', null, 'fld st(0),Mt', null, 'fstp Mt,st(0)'],
  arithmetic('f', 'q'),
  ['fld st(0),Mq', 'fisttp Mq,st(0)', 'fst Mq,st(0)', 'fstp Mq,st(0)', 'frstor Mn', null, 'fnsave Mn', 'fnstsw Mw'],
  arithmetic('fi', 'w'),
  [
    'fild st(0),Mw',
    'fisttp Mw,st(0)',
    'fist Mw,st(0)',
    'fistp Mw,st(0)',
    'fbld st(0),Mt',
    'fild st(0),Mq',
    'fbstp Mt,st(0)',
    'fistp Mq,st(0)',
  ],
];

const registerArithmetic = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsub', 'fsubr', 'fdiv', 'fdivr'];
const reversed = ['fadd', 'fmul', null, null, 'fsubr', 'fsub', 'fdivr', 'fdiv'];
const moves = ['b', 'e', 'be', 'u'];

/** Form of an x87 instruction. Those that touch no memory are decoded only where they compute or move. */
export function floatForm(opcode: number, modRm: ModRm): string {
  const row = opcode - 0xd8;
  const form = modRm.direct === null ? memoryForms[row]?.[modRm.field] : registerForm(row, modRm);
  if (form == null) throw new NotAnInstruction();
  return form;
}

/** D9 with ModRM D0 and above: no operands. */
const plain =
  'd0 fnop e0 fchs e1 fabs e4 ftst e5 fxam e8 fld1 e9 fldl2t ea fldl2e eb fldpi ec fldlg2 ed fldln2 ee fldz f0 f2xm1 ' +
  'f1 fyl2x f2 fptan f3 fpatan f4 fxtract f5 fprem1 f6 fdecstp f7 fincstp f8 fprem f9 fyl2xp1 fa fsqrt fb fsincos ' +
  'fc frndint fd fscale fe fsin ff fcos';

function registerForm(row: number, modRm: ModRm): string | null {
  const field = modRm.field;
  const other = `st(${String((modRm.direct ?? 0) & 7)})`;
  if (row === 0) return `${registerArithmetic[field] ?? ''} st(0),${other}`;
  if (row === 1 && field === 0) return `fld st(0),${other}`;
  if (row === 1 && field === 1) return `fxch st(0),${other}`;
  if (row === 1) {
    const code = (0xc0 | (field << 3) | ((modRm.direct ?? 0) & 7)).toString(16);
    return new RegExp(`\\b${code} (f\\w+)`).exec(plain)?.[1] ?? null;
  }
  if (row === 2 && field < 4) return `fcmov${moves[field] ?? ''} st(0),${other}`;
  if (row === 3 && field < 4) return `fcmovn${moves[field] ?? ''} st(0),${other}`;
  if (row === 2 && (modRm.direct ?? 0) % 8 === 1 && field === 5) return 'fucompp';
  if (row === 3 && field === 5) return `fucomi st(0),${other}`;
  if (row === 3 && field === 6) return `fcomi st(0),${other}`;
  if (row === 7 && field === 5) return `fucomip st(0),${other}`;
  if (row === 7 && field === 6) return `fcomip st(0),${other}`;
  if (row === 3 && modRm.direct !== null && field === 4) return ['', '', 'fnclex', 'fninit'][modRm.direct & 7] || null;
  if (row === 6 && field === 3) return ((modRm.direct ?? 0) & 7) === 1 ? 'fcompp' : null;
  if (row === 7 && field === 4) return ((modRm.direct ?? 0) & 7) === 0 ? 'fnstsw ax' : null;
  if (row === 5 && field === 0) return `ffree ${other}`;
  if (row === 5 && (field === 4 || field === 5)) return `${field === 4 ? 'fucom' : 'fucomp'} st(0),${other}`;
  if (row === 4 || row === 6) {
    const name = reversed[field];
    return name == null ? null : `${name}${row === 6 ? 'p' : ''} ${other},st(0)`;
  }
  if (row === 5 && field === 2) return `fst ${other},st(0)`;
  if (row === 5 && field === 3) return `fstp ${other},st(0)`;
  return null;
}
