import type { Bytes } from '@faultline/sdk/units';
import { crashingThreadOf, listOf, objectOf, textOf, wholeNumberOf } from '../crash-data.js';
import type { CrashData } from '../crash-data.js';
import type { SignatureRule } from './signature-rule.js';

/** Failed allocations up to this size are small: memory was short, whoever asked. */
const smallAllocation: Bytes = 262_144;
const reasons = ['STATUS_FATAL_MEMORY_EXHAUSTION', 'STATUS_NO_MEMORY'];
const lastErrors = ['ERROR_COMMITMENT_LIMIT', 'ERROR_NOT_ENOUGH_MEMORY'];

/**
 * Marks crashes for want of memory: the size of the failed allocation is known, or the crash reason, the thread's
 * last error or a function of the signature say so.
 * @param fragments texts of functions that end a program when memory is out
 */
export function outOfMemory(fragments: readonly string[]): SignatureRule {
  return {
    name: 'OOMSignature',
    title: 'Marks crashes for want of memory as OOM, small, large or of unknown size.',
    applies: ({ crash, signature }) =>
      (allocationSize(crash) ?? 0) !== 0 ||
      fragments.some((fragment) => signature.includes(fragment)) ||
      lastErrors.includes(lastErrorOf(crash)) ||
      reasons.includes(textOf(crash.reason)) ||
      isLargeScriptAllocation(crash),
    apply({ crash, signature }) {
      const size = allocationSize(crash);
      if (isLargeScriptAllocation(crash)) return { signature: `OOM | large | ${signature}` };
      if (size === null) return { signature: `OOM | unknown | ${signature}` };
      return { signature: size <= smallAllocation ? 'OOM | small' : `OOM | large | ${signature}` };
    },
  };
}

/** Null when the crash doesn't say. */
function allocationSize(crash: CrashData): Bytes | null {
  return wholeNumberOf(crash.oom_allocation_size);
}

function isLargeScriptAllocation(crash: CrashData): boolean {
  return crash.js_large_allocation_failure === 'Reporting';
}

function lastErrorOf(crash: CrashData): string {
  return textOf(objectOf(listOf(crash.threads)[crashingThreadOf(crash)]).last_error_value);
}
