import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { crashingThreadIndex, stackwalkJson, type CrashInfo } from '../stackwalk-json.js';

/** Which thread crashed, why and where. */
export const crashingThreadRule: ProcessingRule = {
  id: 'rules/crashing-thread',
  title: 'Crashing thread, reason and address',
  version: 3,
  reads: ['json_dump'],
  writes: ['crashing_thread', 'crashing_thread_name', 'reason', 'address', 'last_error_value'],
  applies: ({ processed }) => stackwalkJson(processed) !== null,
  apply({ processed }) {
    const json = stackwalkJson(processed) ?? {};
    const index = crashingThreadIndex(json);
    const thread = index === null ? undefined : json.threads?.[index];
    return {
      patch: {
        // As the dump says, also where it has no such thread: that is what somebody looks for then.
        crashing_thread: index ?? namedThread(json.crash_info),
        crashing_thread_name: thread?.thread_name ?? undefined,
        reason: json.crash_info?.type === null ? undefined : (json.crash_info?.type ?? ''),
        address: crashAddress(json.crash_info),
        last_error_value: thread?.last_error_value ?? undefined,
      },
      notes: index === null ? [missingThread(json.crash_info)] : [],
    };
  },
};

/** Null for what is no index. */
function namedThread(info: CrashInfo | undefined): number | null {
  const index = info?.crashing_thread;
  return typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : null;
}

function missingThread(info: CrashInfo | undefined): string {
  return namedThread(info) === null
    ? 'the dump does not say which thread crashed'
    : 'the dump names a crashing thread that it does not have';
}

/**
 * The address that the program really touched: all zeros for a null pointer in disguise, so that these crashes search
 * as one; the adjusted one where the processor reported a stand-in.
 */
function crashAddress(info: CrashInfo | undefined): string | undefined {
  const address = info?.address ?? undefined;
  const adjusted = info?.adjusted_address;
  if (adjusted?.kind === 'null-pointer') return `0x${'0'.repeat(Math.max(1, (address ?? '0x00').length - 2))}`;
  if (adjusted?.kind === 'non-canonical') return adjusted.address ?? address;
  return address;
}
