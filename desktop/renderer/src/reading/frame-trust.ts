import { t } from '../i18n/i18n.js';
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
    word: 'reading.frameTrust.exact',
    explanation: 'reading.frameTrust.fromTheRegistersIn',
    level: 'sure',
  },
  cfi: {
    word: 'reading.frameTrust.sure',
    explanation: 'reading.frameTrust.foundWithTheUnwind',
    level: 'sure',
  },
  cfi_scan: {
    word: 'reading.frameTrust.likely',
    explanation: 'reading.frameTrust.unwindRulesWereUsed',
    level: 'likely',
  },
  frame_pointer: {
    word: 'reading.frameTrust.likely',
    explanation: 'reading.frameTrust.foundByFollowingThe',
    level: 'likely',
  },
  leaf: {
    word: 'reading.frameTrust.likely',
    explanation: 'reading.frameTrust.theInnermostFunctionKept',
    level: 'likely',
  },
  scan: {
    word: 'reading.frameTrust.guess',
    explanation: 'reading.frameTrust.aWordOnThe',
    level: 'doubtful',
  },
  prewalked: { word: 'reading.frameTrust.given', explanation: 'reading.frameTrust.theStackWasWalked', level: 'likely' },
};

export function trustWords(trust: string): TrustWords {
  const known = words[trust];
  if (known !== undefined) return { ...known, word: t(known.word), explanation: t(known.explanation) };
  return {
    word: trust === '' ? t('reading.frameTrust.unknown') : trust,
    explanation: t('reading.frameTrust.howThisFrameWas'),
    level: 'doubtful',
  };
}

const methods: Record<string, string> = {
  context: 'reading.frameTrust.registersInTheDump',
  cfi: 'reading.frameTrust.unwindRules',
  cfi_scan: 'reading.frameTrust.unwindRulesAfterA',
  frame_pointer: 'reading.frameTrust.framePointer',
  leaf: 'reading.frameTrust.returnAddressInA',
  scan: 'reading.frameTrust.searchOfTheStack',
};
const outcomes: Record<string, string> = {
  used: 'reading.frameTrust.gaveThisFrame',
  'no-records': 'reading.frameTrust.noRecordsForThis',
  failed: 'reading.frameTrust.gaveNothingUsable',
  rejected: 'reading.frameTrust.gaveAnAddressThat',
};

function inWords(texts: Record<string, string>, name: string): string {
  const known = texts[name];
  return known === undefined ? name : t(known);
}

/** The walker's reasoning line by line: what was tried, and what came of it. Empty when it was not recorded. */
export function evidenceLines(frame: StackFrame): string[] {
  const { evidence } = frame;
  const lines = list(evidence['tried']).map((one) => {
    const attempt = record(one);
    const method = text(attempt['method']);
    const reason = text(attempt['reason']);
    const outcome = inWords(outcomes, text(attempt['outcome']));
    return `${inWords(methods, method)}: ${outcome}${reason === '' ? '' : ` (${reason})`}`;
  });
  const slot = text(evidence['return_address_slot']);
  if (slot !== '') lines.push(t('reading.frameTrust.returnAddressReadFrom', { slot }));
  const rejected = list(evidence['rejected_words']).length;
  if (rejected > 0) lines.push(t('reading.frameTrust.otherStackLookedAt', { n: rejected }, rejected));
  if (evidence['is_folded'] === true) lines.push(t('reading.frameTrust.severalFunctionsShareThis'));
  if (text(evidence['symbol_source']) === 'public') lines.push(t('reading.frameTrust.onlyAPublicSymbol'));
  return lines;
}
