import type { Bytes } from '@faultline/sdk/units';

/**
 * Bounds on what one dump may cost. Every count in a dump is first bounded by the bytes that hold it, then by these;
 * a limit that cuts something off is listed in the dump's `problems`.
 */
export interface MinidumpLimits {
  streams: number;
  threads: number;
  modules: number;
  unloadedModules: number;
  memoryRanges: number;
  /** Of MemoryInfoList, and lines of /proc/<pid>/maps. */
  memoryInfoEntries: number;
  handles: number;
  /** Entries of one Crashpad dictionary or list, and lines of one other Linux text stream. */
  entries: number;
  /** One string of the dump, in bytes as stored. */
  stringBytes: Bytes;
  /** One CodeView record. */
  codeViewBytes: Bytes;
  /** One stream that is read whole (all but memory contents). */
  streamBytes: Bytes;
  /** Stack memory read for one thread. */
  stackBytes: Bytes;
  /** Dumps up to this size are read in one go; larger ones by range. */
  wholeFileBytes: Bytes;
}

/** Generous for real dumps (full dumps have tens of thousands of ranges), small against a hostile one. */
export const defaultLimits: MinidumpLimits = {
  streams: 1024,
  threads: 8192,
  modules: 16_384,
  unloadedModules: 16_384,
  memoryRanges: 300_000,
  memoryInfoEntries: 300_000,
  handles: 262_144,
  entries: 65_536,
  stringBytes: 65_536,
  codeViewBytes: 32_768,
  streamBytes: 128 << 20,
  stackBytes: 16 << 20,
  wholeFileBytes: 8 << 20,
};
