import { t } from '../i18n/i18n.js';
/**
 * One line in plain words: what happened, where, in which thread, how sure. Our stack walker's own verdict is taken
 * where there is one; else it is put together from the crash reason and the address.
 */
import { list, number, record, text, type StackReport } from './stack-model.js';
import { frameName, shortAddress } from './stack-text.js';

export interface CrashVerdict {
  /** "Write through a null pointer (+ 0x1c)". Plain text; parts of it may come from the crash. */
  sentence: string;
  /** "in decode_job, thread 2 “render-worker”"; "" when unknown. */
  place: string;
  confidence: 'high' | 'medium' | 'low' | null;
  evidence: string[];
}

/** Words for reasons, the first that matches. Names are those of the public headers. */
const reasons: [pattern: RegExp, words: string][] = [
  [/^EXCEPTION_STACK_OVERFLOW/, 'reading.crashWords.theStackRanOver'],
  [/^EXCEPTION_STACK_BUFFER_OVERRUN|^FAST_FAIL/, 'reading.crashWords.theProgramStoppedItself'],
  [/^EXCEPTION_BREAKPOINT|^SIGTRAP|^EXC_BREAKPOINT/, 'reading.crashWords.aBreakpointOrFailed'],
  [/^EXCEPTION_ILLEGAL_INSTRUCTION|^SIGILL|^EXC_BAD_INSTRUCTION/, 'reading.crashWords.anInstructionThatThe'],
  [/DIVIDE_BY_ZERO|FPE_INTDIV|EXC_I386_DIV/, 'reading.crashWords.divisionByZero'],
  [/^SIGFPE|^EXC_ARITHMETIC|^EXCEPTION_FLT|^EXCEPTION_INT_OVERFLOW/, 'reading.crashWords.anArithmeticError'],
  [/^SIGABRT|^EXC_CRASH|ABORT/, 'reading.crashWords.theProgramEndedItself'],
  [/^EXCEPTION_IN_PAGE_ERROR|^SIGBUS/, 'reading.crashWords.memoryThatCouldNot'],
  [/^EXCEPTION_GUARD_PAGE/, 'reading.crashWords.accessToAGuard'],
  [/^OUT_OF_MEMORY|^EXC_RESOURCE|NO_MEMORY/, 'reading.crashWords.outOfMemory'],
  [/^DUMP_REQUESTED|Simulated/i, 'reading.crashWords.theDumpWasTaken'],
];

export function crashVerdict(report: StackReport | null, reason: string, address: string): CrashVerdict {
  const place = report === null ? '' : crashPlace(report);
  const given = givenVerdict(report);
  if (given !== null) return { ...given, place: given.place === '' ? place : given.place };
  const kind = reason === '' ? (report?.reason ?? '') : reason;
  const where = address === '' ? (report?.address ?? '') : address;
  return { sentence: sentence(report, kind, where), place, confidence: null, evidence: [] };
}

/** The walker's own verdict, under `faultline.analysis.verdict`; its confidence is a number from 0 to 1. */
function givenVerdict(report: StackReport | null): CrashVerdict | null {
  const verdict = record(record(report?.faultline['analysis'])['verdict']);
  const title = text(verdict['title']);
  if (title === '') return null;
  const explanation = text(verdict['explanation']);
  return {
    sentence: title,
    place: '',
    confidence: confidenceWord(verdict['confidence']),
    evidence: [...(explanation === '' ? [] : [explanation]), ...list(verdict['evidence']).map((one) => text(one))],
  };
}

function confidenceWord(confidence: unknown): CrashVerdict['confidence'] {
  if (typeof confidence !== 'number') return null;
  if (confidence >= 0.8) return 'high';
  return confidence >= 0.5 ? 'medium' : 'low';
}

function sentence(report: StackReport | null, reason: string, address: string): string {
  const known = reasons.find(([pattern]) => pattern.test(reason));
  if (known !== undefined) return t(known[1]);
  const access = accessWord(report, reason);
  const isMemory = access !== '' || /ACCESS_VIOLATION|SIGSEGV|EXC_BAD_ACCESS/.test(reason);
  if (!isMemory)
    return reason === '' ? t('reading.crashWords.noCrashReasonWas') : t('reading.crashWords.crashedWith', { reason });
  const verb = access === '' ? t('reading.crashWords.accessTo') : access;
  const adjusted = record(report?.crashInfo['adjusted_address']);
  const kind = text(adjusted['kind']);
  if (kind === 'null-pointer' || isNearNull(address)) {
    const offset = shortAddress(text(adjusted['offset']) || text(adjusted['address']) || address);
    return /^0x0*$/.test(offset)
      ? t('reading.crashWords.aNullPointer', { verb })
      : t('reading.crashWords.aNullPointer2', { verb, offset });
  }
  if (kind === 'non-canonical')
    return t('reading.crashWords.anAddressThatCannot', { verb, adjusted: shortAddress(text(adjusted['address'])) });
  const guarded = list(report?.crashInfo['memory_accesses']).some(
    (one) => record(one)['is_likely_guard_page'] === true,
  );
  if (guarded) return t('reading.crashWords.aGuardPageAt', { verb, address: shortAddress(address) });
  if (/ACCERR|PROTECTION_FAILURE/.test(reason))
    return t('reading.crashWords.memoryWithoutPermissionAt', { verb, address: shortAddress(address) });
  return t('reading.crashWords.memoryThatIsNot', {
    verb,
    address: shortAddress(address) || t('reading.crashWords.anUnknownAddress'),
  });
}

function accessWord(report: StackReport | null, reason: string): string {
  if (/VIOLATION_WRITE/.test(reason)) return t('reading.crashWords.writeTo');
  if (/VIOLATION_READ/.test(reason)) return t('reading.crashWords.readOf');
  if (/VIOLATION_EXEC/.test(reason)) return t('reading.crashWords.jumpInto');
  const accesses = list(report?.crashInfo['memory_accesses']).map(record);
  const first = accesses.find((one) => text(one['address']) === report?.address) ?? accesses[0];
  if (first === undefined || !/SIGSEGV|EXC_BAD_ACCESS|ACCESS_VIOLATION/.test(reason)) return '';
  const size = number(first['size']);
  const bytes = size === null || size === 0 ? '' : ` ${size} ${size === 1 ? 'byte' : 'bytes'}`;
  const type = text(first['access_type']).toLowerCase();
  if (type === 'write')
    return bytes === '' ? t('reading.crashWords.writeTo') : t('reading.crashWords.writeOfTo', { bytes });
  if (type === 'read')
    return bytes === '' ? t('reading.crashWords.readOf') : t('reading.crashWords.readOfAt', { bytes });
  return '';
}

function isNearNull(address: string): boolean {
  return /^0x[0-9a-f]+$/i.test(address) && BigInt(address) < 4096n;
}

function crashPlace(report: StackReport): string {
  const thread = report.threads.find((one) => one.isCrashing);
  if (thread === undefined) return '';
  const frame = thread.frames[0];
  const name = thread.name === '' ? '' : ` “${thread.name}”`;
  return `${frame === undefined ? 'in' : `in ${frameName(frame)},`} thread ${thread.index}${name}`;
}
