import { FaultlineError } from '@faultline/sdk/errors';
import type { Bytes, Seconds } from '@faultline/sdk/units';
import type { DumpBytes } from './dump-bytes.js';
import type { DumpProblems } from './dump-problem.js';
import type { MinidumpLimits } from './limits.js';
import { streamName } from './stream-names.js';

/** MINIDUMP_HEADER (minidumpapiset.h). */
export interface MinidumpHeader {
  littleEndian: boolean;
  /** Low 16 bits are 42899 (0xa793); the high 16 are the writer's own. */
  version: number;
  checksum: number;
  /** When the dump was written: seconds since 1970-01-01 UTC. */
  timestamp: Seconds;
  flags: bigint;
}

/** One entry of the stream directory. */
export interface StreamEntry {
  type: number;
  size: Bytes;
  rva: Bytes;
}

export interface MinidumpDirectory {
  header: MinidumpHeader;
  /** In directory order, empty padding entries (type 0) left out. */
  entries: StreamEntry[];
  /** By type; of two entries with one type the later one counts. */
  byType: Map<number, StreamEntry>;
}

const signature = 0x504d444d; // "MDMP" read as little endian
const version = 0xa793;

/** True when the bytes begin like a minidump, in either byte order. */
export function looksLikeMinidump(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 4));
  return text === 'MDMP' || text === 'PMDM';
}

/** Reads header and directory, and sets the byte order of `bytes`. Throws when it is no minidump at all. */
export async function readDirectory(
  bytes: DumpBytes,
  limits: MinidumpLimits,
  problems: DumpProblems,
): Promise<MinidumpDirectory> {
  if (bytes.size < 32) {
    throw new FaultlineError('Malformed', 'MINIDUMP_TOO_SHORT', `A dump has 32 bytes at least, this has ${bytes.size}`);
  }
  let view = await bytes.read(0, 32);
  if (view.u32(0) !== signature) {
    bytes.littleEndian = false;
    view = await bytes.read(0, 32);
  }
  if (view.u32(0) !== signature) {
    throw new FaultlineError('Malformed', 'MINIDUMP_BAD_SIGNATURE', 'The file does not begin with MDMP');
  }
  if ((view.u32(4) & 0xffff) !== version) {
    throw new FaultlineError('Unsupported', 'MINIDUMP_BAD_VERSION', `Unknown minidump version ${view.u32(4) & 0xffff}`);
  }
  const header: MinidumpHeader = {
    littleEndian: bytes.littleEndian,
    version: view.u32(4),
    checksum: view.u32(16),
    timestamp: view.u32(20),
    flags: view.u64(24),
  };
  const entries = await readEntries(bytes, { count: view.u32(8), rva: view.u32(12) }, limits, problems);
  return { header, entries, byType: indexByType(entries, problems) };
}

async function readEntries(
  bytes: DumpBytes,
  directory: { count: number; rva: number },
  limits: MinidumpLimits,
  problems: DumpProblems,
): Promise<StreamEntry[]> {
  const available = Math.max(0, Math.floor((bytes.size - directory.rva) / 12));
  if (directory.count > available) {
    // Seen with uploads that were cut short: the entries that are there are still good.
    problems.add({
      stream: 'header',
      code: 'MINIDUMP_TRUNCATED',
      message: `The directory names ${directory.count} streams, the file has room for ${available}`,
    });
  }
  const stored = Math.min(directory.count, available);
  if (stored > limits.streams) problems.limited('header', 'streams', stored, limits.streams);
  const count = Math.min(stored, limits.streams);
  const view = await bytes.read(Math.min(directory.rva, bytes.size), count * 12);
  const entries: StreamEntry[] = [];
  for (let at = 0; at < count * 12; at += 12) {
    const entry = { type: view.u32(at), size: view.u32(at + 4), rva: view.u32(at + 8) };
    if (entry.type !== 0 || entry.size !== 0) entries.push(entry);
  }
  return entries;
}

function indexByType(entries: StreamEntry[], problems: DumpProblems): Map<number, StreamEntry> {
  const byType = new Map<number, StreamEntry>();
  for (const entry of entries) {
    if (byType.has(entry.type)) {
      problems.add({
        stream: streamName(entry.type),
        code: 'DUPLICATE_STREAM',
        message: `The directory names ${streamName(entry.type)} twice; the later one is read`,
      });
    }
    byType.set(entry.type, entry);
  }
  return byType;
}
