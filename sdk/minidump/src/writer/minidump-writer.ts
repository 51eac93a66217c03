import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { DumpDescription } from './dump-description.js';
import { DumpLayout } from './dump-layout.js';
import { writeBreakpadStreams } from './streams/breakpad.js';
import { writeChromiumStream } from './streams/chromium.js';
import { writeCoreStreams } from './streams/core.js';
import { writeCrashpadStream } from './streams/crashpad.js';
import { writeLinuxStreams } from './streams/linux.js';
import { writeMacStreams } from './streams/mac.js';
import { writeWindowsStreams } from './streams/windows.js';
import { writeWindowsRecords } from './streams/windows-records.js';

const largestInMemory = 1 << 30;

/**
 * Writes the dump that a description names, as a source: sparse memory is made when it is read, so a dump of many
 * gigabytes costs nothing. The same description gives the same bytes.
 */
export function writeMinidumpSource(dump: DumpDescription): RandomAccessSource {
  const layout = new DumpLayout(dump.littleEndian ?? true);
  writeCoreStreams(dump, layout);
  writeWindowsStreams(dump, layout);
  writeWindowsRecords(dump, layout);
  writeBreakpadStreams(dump, layout);
  writeChromiumStream(dump, layout);
  writeCrashpadStream(dump, layout);
  writeLinuxStreams(dump, layout);
  writeMacStreams(dump, layout);
  for (const type of dump.leaveOut ?? []) layout.dropStreams(type);
  for (const { type, bytes } of dump.rawStreams ?? []) layout.stream(type, bytes);
  for (const entry of dump.directoryEntries ?? []) layout.directoryEntry(entry);
  if (dump.memory64 !== undefined) layout.memory64(dump.memory64);
  return layout.seal({ timestamp: dump.timestamp ?? 1_700_000_000, flags: dump.flags ?? 0n });
}

/** As `writeMinidumpSource`, but all in memory. @throws FaultlineError `MINIDUMP_TOO_LARGE` beyond 1 GiB */
export async function writeMinidump(dump: DumpDescription): Promise<Uint8Array> {
  const source = writeMinidumpSource(dump);
  if (source.size > largestInMemory) {
    throw new FaultlineError('TooLarge', 'MINIDUMP_TOO_LARGE', `The described dump has ${source.size} bytes`, {
      hint: 'Use writeMinidumpSource and read it by range.',
    });
  }
  return source.read(0, source.size);
}
