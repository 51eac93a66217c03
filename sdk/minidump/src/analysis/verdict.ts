import type { CrashFacts } from './crash-facts.js';
import { isIntegerDivisionByZero, isMemoryFault } from './exception-kind.js';
import { abortVerdict } from './verdict-abort.js';
import { memoryVerdict } from './verdict-memory.js';
import type { Findings, Verdict } from './verdict-model.js';
import { hex, instructionEvidence } from './verdict-words.js';

/** The first explanation that fits, the most specific first. */
export function judge(facts: CrashFacts, findings: Findings): Verdict {
  return (
    overflowVerdict(facts, findings) ??
    abortVerdict(facts, findings) ??
    divisionVerdict(facts, findings) ??
    (isMemoryFault(facts.exception) ? memoryVerdict(facts, findings) : null) ?? {
      kind: 'other',
      title: facts.exception.type,
      explanation: 'Nothing in the dump explains this further.',
      confidence: 0.2,
      evidence: [`the system reported ${facts.exception.type}`],
    }
  );
}

function overflowVerdict(facts: CrashFacts, { overflow }: Findings): Verdict | null {
  if (overflow === null) return null;
  const { cycle, shownBy, address } = overflow;
  const evidence = [
    shownBy === 'exception'
      ? `the system reported ${facts.exception.type}`
      : `${hex(address)} lies just below the stack of the thread, near its stack pointer`,
  ];
  if (cycle === null) {
    return {
      kind: 'stack-overflow',
      title: 'Stack overflow',
      explanation:
        'The thread used up its stack: very large local variables or a recursion that the walk does not show.',
      confidence: shownBy === 'exception' ? 0.95 : 0.75,
      evidence,
    };
  }
  const names = cycle.functions.length === 1 ? (cycle.functions[0] ?? '') : cycle.functions.join(' → ');
  evidence.push(`frames ${String(cycle.firstFrame)} and on repeat ${String(cycle.repeats)} times: ${names}`);
  return {
    kind: 'stack-overflow',
    title: `Stack overflow by recursion in ${cycle.functions[0] ?? 'a function'}`,
    explanation: `The same ${String(cycle.functions.length)} call(s) repeat without end until the stack is used up.`,
    confidence: shownBy === 'exception' ? 0.98 : 0.9,
    evidence,
  };
}

function divisionVerdict(facts: CrashFacts, { inconsistencies, operation }: Findings): Verdict | null {
  const isBare = facts.exception.type === 'SIGFPE' && /^i?div$/.test(operation?.instruction.mnemonic ?? '');
  if (!isBare && !isIntegerDivisionByZero(facts.exception)) return null;
  const isPossible = !inconsistencies.includes('int_div_by_zero_not_possible');
  return {
    kind: 'division-by-zero',
    title: 'Integer division by zero',
    explanation: isPossible
      ? 'The divisor was 0, or the quotient did not fit.'
      : 'The system reported a division, but the instruction there divides nothing: the dump is late, or the hardware faulty.',
    confidence: isPossible ? 0.95 : 0.4,
    evidence: [`the system reported ${facts.exception.type}`, ...instructionEvidence(operation)],
  };
}
