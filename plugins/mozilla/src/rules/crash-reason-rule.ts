import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** Reasons that go on with names of files, pieces of text, addresses of pages. */
const privateReasons = ['Failed to load module', 'byte index', 'do not use eval with system privileges'];

/** Why the program ended itself; what may hold private data is seen in the raw one only. */
export const crashReasonRule: ProcessingRule = {
  id: 'mozilla/crash-reason',
  title: 'MozCrashReason, sanitised',
  version: 1,
  reads: [],
  writes: ['moz_crash_reason', 'moz_crash_reason_raw'],
  applies: ({ raw }) => (annotation(raw.annotations, 'MozCrashReason') ?? '') !== '',
  apply({ raw }) {
    const reason = annotation(raw.annotations, 'MozCrashReason') ?? '';
    const isPrivate = privateReasons.some((prefix) => reason.startsWith(prefix));
    return {
      patch: {
        moz_crash_reason_raw: reason,
        moz_crash_reason: isPrivate ? 'sanitized--see moz_crash_reason_raw' : reason,
      },
    };
  },
};
