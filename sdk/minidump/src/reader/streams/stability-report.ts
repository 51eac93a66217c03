import type { Bytes } from '@faultline/sdk/units';
import { protobufFields } from '../protobuf-fields.js';
import { defineStream } from '../stream-definition.js';

/**
 * What Chromium's crash handler says of memory and handles at the crash: StabilityReport of its
 * components/stability_report/stability_report.proto. Memory is counted in pages of 4 KiB there, in bytes here. What
 * the report leaves out is null.
 */
export interface StabilityReport {
  processes: StabilityProcess[];
  system: {
    commitLimit: Bytes | null;
    commitRemaining: Bytes | null;
    handleCount: number | null;
  } | null;
}

export interface StabilityProcess {
  processId: number | null;
  privateUsage: Bytes | null;
  peakWorkingSet: Bytes | null;
  peakPagefileUsage: Bytes | null;
  /** The allocation that failed, for a process that ran out of memory. */
  allocationAttempt: Bytes | null;
  openFileDescriptors: number | null;
  handleCount: number | null;
}

const page = 4096;

/** Stream 0x4b6b0002, "Kk" and 2. */
export const stabilityReport = defineStream<StabilityReport>(0x4b6b_0002, (stream) => {
  const report = new Message(stream.bytes);
  const memory = report.message(7)?.message(1) ?? null;
  return {
    processes: report.messages(2).map(processOf),
    system:
      memory === null
        ? null
        : { commitLimit: memory.pages(1), commitRemaining: memory.pages(2), handleCount: memory.number(3) },
  };
});

function processOf(process: Message): StabilityProcess {
  const memory = process.message(4)?.message(1);
  const files = process.message(7);
  return {
    processId: process.number(3),
    privateUsage: memory?.pages(1) ?? null,
    peakWorkingSet: memory?.pages(2) ?? null,
    peakPagefileUsage: memory?.pages(3) ?? null,
    allocationAttempt: memory?.number(4) ?? null,
    openFileDescriptors: files?.message(1)?.number(1) ?? null,
    handleCount: files?.message(2)?.number(1) ?? null,
  };
}

/** A message by field number; of a field that stands there twice the last counts, as Protocol Buffers have it. */
class Message {
  private readonly fields;

  constructor(bytes: Uint8Array) {
    this.fields = protobufFields(bytes);
  }

  messages(number: number): Message[] {
    return this.fields.flatMap((field) =>
      field.number === number && field.value instanceof Uint8Array ? [new Message(field.value)] : [],
    );
  }

  message(number: number): Message | null {
    return this.messages(number).at(-1) ?? null;
  }

  number(number: number): number | null {
    const value = this.fields.findLast((field) => field.number === number)?.value;
    return typeof value === 'bigint' ? Number(value) : null;
  }

  pages(number: number): Bytes | null {
    const count = this.number(number);
    return count === null ? null : count * page;
  }
}
