import { t } from '../i18n/i18n.js';
import { list, number, record, text, type StackFrame, type StackReport } from './stack-model.js';
import { shortAddress } from './stack-text.js';

/** What a memory operand of the faulting instruction came to. */
export interface OperandWords {
  /** As the instruction has it: "[rdx + r9 * 4]"; "" for the stack, which push, call and ret use without naming it. */
  operand: string;
  address: string;
  /** "write of 4 bytes" */
  access: string;
  isGuardPage: boolean;
  /** Registers that the operand names, with their values; none where they are not shown. */
  registers: { name: string; value: string }[];
}

const kinds: Record<string, string> = {
  read: 'reading.operandWords.read',
  write: 'reading.operandWords.write',
  readwrite: 'reading.operandWords.readAndWrite',
};

/** The memory operands of the instruction that a crashed thread stands at, in its order. */
export function operandWords(frame: StackFrame, report: StackReport): OperandWords[] {
  const analysis = record(report.faultline['analysis']);
  const ours = list(analysis['memory_accesses']);
  const accesses = (ours.length > 0 ? ours : list(report.crashInfo['memory_accesses'])).map(record);
  const instruction = text(analysis['instruction']) || text(report.crashInfo['instruction']);
  const operands = instruction.match(/\[[^\]]*\]/g) ?? [];
  const values = new Map(frame.registers);
  return accesses.map((access, at) => {
    const operand = access['is_implicit'] === true ? '' : (operands[at] ?? '');
    const names = new Set(operand.match(/\b[a-z][a-z0-9]*\b/g));
    return {
      operand,
      address: shortAddress(text(access['address'])),
      access: accessWords(text(access['access']) || text(access['access_type']), number(access['size']) ?? 0),
      isGuardPage: access['is_likely_guard_page'] === true,
      registers: [...names].flatMap((name) => {
        const value = values.get(name);
        return value === undefined ? [] : [{ name, value: shortAddress(value) }];
      }),
    };
  });
}

function accessWords(kind: string, size: number): string {
  const words = t(kinds[kind] ?? 'reading.operandWords.access');
  return size === 0 ? words : t('reading.operandWords.ofBytes', { kind: words, n: size }, size);
}
