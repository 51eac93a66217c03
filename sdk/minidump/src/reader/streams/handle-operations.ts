import type { AbsoluteAddress } from '@faultline/sdk/units';
import { headedList } from '../list-layout.js';
import { defineStream } from '../stream-definition.js';

/** What was done with a handle: AVRF_HANDLE_OPERATION (avrfsdk.h), which Application Verifier records. */
export interface HandleOperation {
  handle: bigint;
  processId: number;
  threadId: number;
  /** `bad-reference`: the handle was no longer, or never, valid. */
  operation: 'unused' | 'open' | 'close' | 'bad-reference' | 'unknown';
  /** Return addresses of the calls that led to it, innermost first; 32 at most. */
  trace: AbsoluteAddress[];
}

/** eHANDLE_TRACE_OPERATIONS, by number. */
const operations = ['unused', 'open', 'close', 'bad-reference'] as const;

const mostTraced = 32;
const firstAddress = 32;

/** Stream 18, MINIDUMP_HANDLE_OPERATION_LIST (minidumpapiset.h), oldest first as stored. */
export const handleOperationList = defineStream<HandleOperation[]>(18, (stream, context) => {
  const limit = context.limits.handles;
  const list = headedList(stream, context, { entrySize: 288, limit, what: 'handle operations', countBits: 32 });
  return Array.from({ length: list.count }, (_, index) => {
    const at = list.start + index * list.entrySize;
    const depth = Math.min(stream.u32(at + 24), mostTraced);
    return {
      handle: stream.u64(at),
      processId: stream.u32(at + 8),
      threadId: stream.u32(at + 12),
      operation: operations[stream.u32(at + 16)] ?? 'unknown',
      trace: Array.from({ length: depth }, (_, level) => stream.u64(at + firstAddress + level * 8)),
    };
  });
});
