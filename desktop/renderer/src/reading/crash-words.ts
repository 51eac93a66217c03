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
  [/^EXCEPTION_STACK_OVERFLOW/, 'The stack ran over its end (usually endless recursion)'],
  [/^EXCEPTION_STACK_BUFFER_OVERRUN|^FAST_FAIL/, 'The program stopped itself (fail fast)'],
  [/^EXCEPTION_BREAKPOINT|^SIGTRAP|^EXC_BREAKPOINT/, 'A breakpoint or failed check'],
  [/^EXCEPTION_ILLEGAL_INSTRUCTION|^SIGILL|^EXC_BAD_INSTRUCTION/, 'An instruction that the processor does not know'],
  [/DIVIDE_BY_ZERO|FPE_INTDIV|EXC_I386_DIV/, 'Division by zero'],
  [/^SIGFPE|^EXC_ARITHMETIC|^EXCEPTION_FLT|^EXCEPTION_INT_OVERFLOW/, 'An arithmetic error'],
  [/^SIGABRT|^EXC_CRASH|ABORT/, 'The program ended itself (abort)'],
  [/^EXCEPTION_IN_PAGE_ERROR|^SIGBUS/, 'Memory that could not be read from its file or device'],
  [/^EXCEPTION_GUARD_PAGE/, 'Access to a guard page'],
  [/^OUT_OF_MEMORY|^EXC_RESOURCE|NO_MEMORY/, 'Out of memory'],
  [/^DUMP_REQUESTED|Simulated/i, 'The dump was taken on request; nothing crashed'],
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
  if (known !== undefined) return known[1];
  const access = accessWord(report, reason);
  const isMemory = access !== '' || /ACCESS_VIOLATION|SIGSEGV|EXC_BAD_ACCESS/.test(reason);
  if (!isMemory) return reason === '' ? 'No crash reason was recorded' : `Crashed with ${reason}`;
  const verb = access === '' ? 'Access to' : access;
  const adjusted = record(report?.crashInfo['adjusted_address']);
  const kind = text(adjusted['kind']);
  if (kind === 'null-pointer' || isNearNull(address)) {
    const offset = shortAddress(text(adjusted['offset']) || text(adjusted['address']) || address);
    return /^0x0*$/.test(offset) ? `${verb} a null pointer` : `${verb} a null pointer + ${offset}`;
  }
  if (kind === 'non-canonical')
    return `${verb} an address that cannot exist (${shortAddress(text(adjusted['address']))})`;
  const guarded = list(report?.crashInfo['memory_accesses']).some(
    (one) => record(one)['is_likely_guard_page'] === true,
  );
  if (guarded) return `${verb} a guard page at ${shortAddress(address)}`;
  if (/ACCERR|PROTECTION_FAILURE/.test(reason)) return `${verb} memory without permission at ${shortAddress(address)}`;
  return `${verb} memory that is not there, at ${shortAddress(address) || 'an unknown address'}`;
}

function accessWord(report: StackReport | null, reason: string): string {
  if (/VIOLATION_WRITE/.test(reason)) return 'Write to';
  if (/VIOLATION_READ/.test(reason)) return 'Read of';
  if (/VIOLATION_EXEC/.test(reason)) return 'Jump into';
  const accesses = list(report?.crashInfo['memory_accesses']).map(record);
  const first = accesses.find((one) => text(one['address']) === report?.address) ?? accesses[0];
  if (first === undefined || !/SIGSEGV|EXC_BAD_ACCESS|ACCESS_VIOLATION/.test(reason)) return '';
  const size = number(first['size']);
  const bytes = size === null || size === 0 ? '' : ` ${size} ${size === 1 ? 'byte' : 'bytes'}`;
  const type = text(first['access_type']).toLowerCase();
  if (type === 'write') return bytes === '' ? 'Write to' : `Write of${bytes} to`;
  if (type === 'read') return bytes === '' ? 'Read of' : `Read of${bytes} at`;
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
