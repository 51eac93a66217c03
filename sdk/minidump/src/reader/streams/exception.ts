import type { AbsoluteAddress } from '@faultline/sdk/units';
import { defineStream } from '../stream-definition.js';
import type { Location } from './thread-list.js';

/** MINIDUMP_EXCEPTION_STREAM (minidumpapiset.h). */
export interface ExceptionRecord {
  /** Thread that crashed, or asked for the dump. */
  threadId: number;
  /** Windows exception code, signal number, or Mach exception type. */
  code: number;
  /** Windows flags, si_code, or Mach exception code. */
  flags: number;
  /** Address of the exception that this one followed; 0 when there is none. The chain is in the process's memory. */
  chainedRecord: AbsoluteAddress;
  address: AbsoluteAddress;
  /** The parameters that count, 15 at most. */
  information: bigint[];
  /** Registers at the exception; size 0 when there are none. */
  context: Location;
}

/** Stream 6. */
export const exceptionStream = defineStream<ExceptionRecord>(6, (stream) => {
  const parameters = Math.min(stream.u32(32), 15);
  return {
    threadId: stream.u32(0),
    code: stream.u32(8),
    flags: stream.u32(12),
    chainedRecord: stream.u64(16),
    address: stream.u64(24),
    information: Array.from({ length: parameters }, (_, index) => stream.u64(40 + index * 8)),
    context: { size: stream.u32(160), rva: stream.u32(164) },
  };
});
