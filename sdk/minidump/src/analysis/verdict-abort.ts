import type { CrashFacts } from './crash-facts.js';
import type { Findings, Verdict, VerdictKind } from './verdict-model.js';
import { frameName } from './stack-overflow.js';

interface Ending {
  test: RegExp;
  kind: VerdictKind;
  title: string;
  explanation: string;
  confidence: number;
}

/** Ends that are no faulty access: the program, its run-time library or someone else stopped it. */
const endings: Ending[] = [
  {
    test: /^Out of Memory$|^EXC_RESOURCE .*MEMORY/,
    kind: 'out-of-memory',
    title: 'Out of memory',
    explanation: 'An allocation failed and the program gave up. The stack shows who asked last, not who used most.',
    confidence: 0.95,
  },
  {
    test: /^Unhandled C\+\+ Exception$/,
    kind: 'unhandled-exception',
    title: 'Unhandled C++ exception',
    explanation: 'An exception was thrown that nothing caught.',
    confidence: 0.95,
  },
  {
    test: /^Uncaught NSException$/,
    kind: 'unhandled-exception',
    title: 'Uncaught Objective-C exception',
    explanation: 'An NSException was raised that nothing caught.',
    confidence: 0.95,
  },
  {
    test: /^Simulated Exception|DUMP_REQUESTED|^unknown 0x00000000 \/ 0x00000000$/,
    kind: 'requested-dump',
    title: 'A dump without a crash',
    explanation: 'The dump was asked for while the program was running.',
    confidence: 0.9,
  },
  {
    test: /^EXCEPTION_STACK_BUFFER_OVERRUN/,
    kind: 'deliberate-stop',
    title: 'Stopped by a fast-fail check',
    explanation: 'A check in the program or its run-time library found a state that it does not survive.',
    confidence: 0.9,
  },
  {
    test: /^SIGABRT/,
    kind: 'deliberate-stop',
    title: 'The program stopped itself',
    explanation: 'abort() was called: a failed assertion, an uncaught exception, or damage that the allocator noticed.',
    confidence: 0.9,
  },
  {
    test: /^(SIGTRAP|EXCEPTION_BREAKPOINT|EXC_BREAKPOINT)/,
    kind: 'deliberate-stop',
    title: 'Stopped at a breakpoint',
    explanation: 'Compilers place a breakpoint where a check fails or code should be unreachable.',
    confidence: 0.85,
  },
];

export function abortVerdict(facts: CrashFacts, findings: Findings): Verdict | null {
  const { type } = facts.exception;
  const ending = endings.find(({ test }) => test.test(type)) ?? badInstruction(type, findings);
  if (ending === null) return null;
  const where = facts.frames[0] === undefined ? [] : [`it stood in ${frameName(facts.frames[0])}`];
  const { kind, title, explanation, confidence } = ending;
  return { kind, title, explanation, confidence, evidence: [`the system reported ${type}`, ...where] };
}

function badInstruction(type: string, { operation }: Findings): Ending | null {
  const test = /^(SIGILL|EXCEPTION_ILLEGAL_INSTRUCTION|EXC_BAD_INSTRUCTION)/;
  if (!test.test(type)) return null;
  const mnemonic = operation?.instruction.mnemonic ?? '';
  if (/^(ud[012]|udf|brk|int)$/.test(mnemonic)) {
    return {
      test,
      kind: 'deliberate-stop',
      title: 'Stopped by a trap instruction',
      explanation: `Compilers place ${mnemonic} where a check fails or code should be unreachable.`,
      confidence: 0.9,
    };
  }
  return {
    test,
    kind: 'bad-instruction',
    title: 'An instruction that the CPU refused',
    explanation: 'The CPU lacks the instruction, or what was executed is no code.',
    confidence: 0.7,
  };
}
