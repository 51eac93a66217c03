import type { StackFrame } from './stack-model.js';
import { list, record, text } from './stack-model.js';

export interface TrustWords {
  word: string;
  /** How the frame was found, a sentence. */
  explanation: string;
  level: 'sure' | 'likely' | 'doubtful';
}

const words: Record<string, TrustWords> = {
  context: {
    word: 'exact',
    explanation: 'From the registers in the dump: the thread stood here.',
    level: 'sure',
  },
  cfi: {
    word: 'sure',
    explanation: 'Found with the unwind rules of the symbol file (call frame information).',
    level: 'sure',
  },
  cfi_scan: {
    word: 'likely',
    explanation: 'Unwind rules were used after the stack was searched for a place to go on from.',
    level: 'likely',
  },
  frame_pointer: {
    word: 'likely',
    explanation: 'Found by following the frame pointer; wrong where code was built without one.',
    level: 'likely',
  },
  leaf: {
    word: 'likely',
    explanation: 'The innermost function kept its return address in a register.',
    level: 'likely',
  },
  scan: {
    word: 'guess',
    explanation: 'A word on the stack that looks like a return address. It may be left over from an earlier call.',
    level: 'doubtful',
  },
  prewalked: { word: 'given', explanation: 'The stack was walked by the reporting client.', level: 'likely' },
};

export function trustWords(trust: string): TrustWords {
  return (
    words[trust] ?? {
      word: trust === '' ? 'unknown' : trust,
      explanation: 'How this frame was found is not recorded.',
      level: 'doubtful',
    }
  );
}

const methods: Record<string, string> = {
  context: 'registers in the dump',
  cfi: 'unwind rules',
  cfi_scan: 'unwind rules after a search',
  frame_pointer: 'frame pointer',
  leaf: 'return address in a register',
  scan: 'search of the stack',
};
const outcomes: Record<string, string> = {
  used: 'gave this frame',
  'no-records': 'no records for this address',
  failed: 'gave nothing usable',
  rejected: 'gave an address that was refused',
};

/** The walker's reasoning line by line: what was tried, and what came of it. Empty when it was not recorded. */
export function evidenceLines(frame: StackFrame): string[] {
  const { evidence } = frame;
  const lines = list(evidence['tried']).map((one) => {
    const attempt = record(one);
    const method = text(attempt['method']);
    const reason = text(attempt['reason']);
    const outcome = outcomes[text(attempt['outcome'])] ?? text(attempt['outcome']);
    return `${methods[method] ?? method}: ${outcome}${reason === '' ? '' : ` (${reason})`}`;
  });
  const slot = text(evidence['return_address_slot']);
  if (slot !== '') lines.push(`return address read from stack slot ${slot}`);
  const rejected = list(evidence['rejected_words']).length;
  if (rejected > 0) lines.push(`${rejected} other stack ${rejected === 1 ? 'word' : 'words'} looked at and refused`);
  if (evidence['is_folded'] === true) lines.push('several functions share this code: the name may be another one’s');
  if (text(evidence['symbol_source']) === 'public')
    lines.push('only a public symbol is known: the name may be a neighbour’s');
  return lines;
}
