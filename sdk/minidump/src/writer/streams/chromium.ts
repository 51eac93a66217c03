import type { StabilityReport } from '../../reader/streams/stability-report.js';
import type { ByteWriter } from '../byte-writer.js';
import type { DumpLayout } from '../dump-layout.js';

/** Chromium's stability report. Memory in bytes, rounded down to pages of 4 KiB; what is null is left out. */
export interface ChromiumDescription {
  stabilityReport?: StabilityReport;
}

const page = 4096;

export function writeChromiumStream({ stabilityReport }: ChromiumDescription, layout: DumpLayout): void {
  if (stabilityReport === undefined) return;
  const message = (...fields: (Uint8Array | null)[]) => {
    const writer = layout.writer();
    for (const field of fields) if (field !== null) writer.raw(field);
    return writer.finish();
  };
  const field = (number: number, body: Uint8Array) =>
    body.byteLength === 0
      ? null
      : varint(varint(layout.writer(), number * 8 + 2), body.byteLength)
          .raw(body)
          .finish();
  const count = (number: number, value: number | null) =>
    value === null ? null : varint(varint(layout.writer(), number * 8), value).finish();
  const pages = (number: number, bytes: number | null) =>
    count(number, bytes === null ? null : Math.floor(bytes / page));

  const processes = stabilityReport.processes.map((process) => {
    const memory = message(
      pages(1, process.privateUsage),
      pages(2, process.peakWorkingSet),
      pages(3, process.peakPagefileUsage),
      count(4, process.allocationAttempt),
    );
    const files = message(
      field(1, message(count(1, process.openFileDescriptors))),
      field(2, message(count(1, process.handleCount))),
    );
    const body = message(count(3, process.processId), field(4, message(field(1, memory))), field(7, files));
    return field(2, body);
  });
  const { system } = stabilityReport;
  const memory =
    system === null
      ? new Uint8Array()
      : message(pages(1, system.commitLimit), pages(2, system.commitRemaining), count(3, system.handleCount));
  layout.stream(0x4b6b_0002, message(...processes, field(7, message(field(1, memory)))));
}

/** A Protocol Buffers varint: seven bits a byte, lowest first. */
function varint(writer: ByteWriter, value: number): ByteWriter {
  let left = BigInt(value);
  while (left > 0x7fn) {
    writer.u8(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  return writer.u8(Number(left));
}
