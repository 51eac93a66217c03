import { z } from 'zod';

const SymbolFile = z.object({
  /** `<debug file>/<id>/<file name>`. */
  key: z.string(),
  /** Bytes, unpacked and on disk. */
  size: z.number(),
  storedSize: z.number(),
  /** Of the unpacked bytes. */
  md5: z.string(),
  isTry: z.boolean(),
  codeFile: z.string(),
  codeId: z.string(),
  generator: z.string(),
  uploadedAt: z.iso.datetime(),
  uploadedBy: z.string(),
  /** "" for a file that came alone. */
  uploadId: z.string(),
  /** Uploaded, given out or walked with. */
  lastUsedAt: z.iso.datetime(),
  /** No quota and no retention takes it. */
  isPinned: z.boolean(),
  kind: z.enum(['sym', 'elf', 'pe', 'pdb', 'mach-o', 'other']),
  /** Lines that can't be used; null until the index is built, and for other files. */
  problems: z
    .object({ total: z.number(), first: z.array(z.object({ line: z.number(), reason: z.string() })) })
    .nullable(),
});

export const SymbolFileAdded = z.object({ outcome: z.enum(['stored', 'same']), file: SymbolFile });
export type SymbolFileAdded = z.infer<typeof SymbolFileAdded>;

export const SymbolFileList = z.object({
  files: z.array(SymbolFile),
  /** For `after`; null at the end. */
  next: z.string().nullable(),
});
export type SymbolFileList = z.infer<typeof SymbolFileList>;

const StoredPart = z.object({ files: z.number(), bytes: z.number() });

/** How much is stored, and what retention does with it. */
export const SymbolStoreStatus = z.object({
  kept: StoredPart,
  ofTryBuilds: StoredPart,
  /** Days without use and bytes; 0: no such rule. */
  retention: z.object({ unusedDays: z.number(), maxSize: z.number(), tryDays: z.number() }),
  /** What goes at the next cleaning, of those that are kept. */
  going: StoredPart,
});
export type SymbolStoreStatus = z.infer<typeof SymbolStoreStatus>;

export const SymbolUploadList = z.object({
  uploads: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      size: z.number(),
      isTry: z.boolean(),
      createdAt: z.iso.datetime(),
      /** Null while it is read, and when it failed. */
      completedAt: z.iso.datetime().nullable(),
      by: z.string(),
      stored: z.number(),
      skipped: z.number(),
      rejected: z.array(z.object({ key: z.string(), reason: z.string() })),
      /** Files that were announced to be sent one by one, the first of which names the upload; 0 for a zip. */
      announced: z.number(),
      /** Why it ended early; "" when it did not. */
      problem: z.string(),
    }),
  ),
});
export type SymbolUploadList = z.infer<typeof SymbolUploadList>;

/** As Tecken's `/api/syminfo/` has it. */
export const SymbolInfo = z.object({
  debug_filename: z.string(),
  debug_id: z.string(),
  code_file: z.string(),
  code_id: z.string(),
  generator: z.string(),
  url: z.string(),
});
export type SymbolInfo = z.infer<typeof SymbolInfo>;

export const MissingSymbolList = z.object({
  modules: z.array(
    z.object({
      module: z.string(),
      version: z.string(),
      debugId: z.string(),
      codeId: z.string(),
      crashes: z.number(),
      /** Different signatures among them; at least so many. */
      groups: z.number(),
      first: z.string(),
      last: z.string(),
      /** Its place in the last daily ranking, from 1; null when it had none. */
      rankBefore: z.number().nullable(),
    }),
  ),
  /** Modules in all. */
  total: z.number(),
  /** When the last daily ranking was made; null before the first. */
  rankedAt: z.iso.datetime().nullable(),
});
export type MissingSymbolList = z.infer<typeof MissingSymbolList>;

/** A server that is asked for symbols. */
const SymbolUpstream = z.object({
  url: z.string(),
  layout: z.enum(['breakpad', 'symsrv', 'debuginfod']),
  hasCredentials: z.boolean(),
  /** `idle`: nobody asked it yet; `closed`: it answers; `open`: it failed and is left alone; `half-open`: one question tries it. */
  phase: z.enum(['idle', 'closed', 'open', 'half-open']),
  /** Null unless it is left alone. */
  openUntil: z.iso.datetime().nullable(),
  answeredAt: z.iso.datetime().nullable(),
  failedAt: z.iso.datetime().nullable(),
  /** What went wrong last; "" when nothing ever did. */
  problem: z.string(),
  found: z.number(),
  missed: z.number(),
  failed: z.number(),
});

const CachePart = z.object({ files: z.number(), bytes: z.number() });

/** The cache of downloads and indexes, and the servers behind it. */
export const SymbolCacheStatus = z.object({
  maxBytes: z.number(),
  downloads: CachePart,
  indexes: CachePart,
  /** What servers said they do not have, and is still believed. */
  misses: z.number(),
  pinnedBytes: z.number(),
  /** Of the file used longest ago; null when there is none. */
  oldestUse: z.iso.datetime().nullable(),
  /** Since the cache was begun. */
  evicted: z.object({ files: z.number(), bytes: z.number(), lastSweep: z.iso.datetime().nullable() }),
  upstreams: z.array(SymbolUpstream),
});
export type SymbolCacheStatus = z.infer<typeof SymbolCacheStatus>;

/** A module whose files no quota and no retention takes; `debugId` "" for every version of it. */
export const SymbolPinShape = z.object({
  debugFile: z.string().min(1).max(200),
  debugId: z.string().regex(/^[0-9A-Fa-f]{0,64}$/),
});
export const SymbolPinList = z.object({ pins: z.array(SymbolPinShape) });
export type SymbolPinList = z.infer<typeof SymbolPinList>;

/** Native debug files that are made into symbol files. */
export const SymbolConversionList = z.object({
  /** dump_syms: its version is null where it does not start, and the hint says what to do. */
  program: z.object({ name: z.string(), version: z.string().nullable(), hint: z.string() }),
  counts: z.object({ waiting: z.number(), running: z.number(), done: z.number(), failed: z.number() }),
  conversions: z.array(
    z.object({
      debugId: z.string(),
      debugFile: z.string(),
      isTry: z.boolean(),
      state: z.enum(['waiting', 'running', 'done', 'failed']),
      attempts: z.number(),
      problem: z.string(),
      result: z.string(),
      changedAt: z.iso.datetime(),
      milliseconds: z.number(),
    }),
  ),
});
export type SymbolConversionList = z.infer<typeof SymbolConversionList>;

const JavaMapping = z.object({
  /** SHA-256 of its text. */
  id: z.string(),
  /** What traces may name it by; the id is among them. */
  ids: z.array(z.string()),
  versions: z.array(z.object({ product: z.string(), version: z.string(), build: z.string() })),
  compiler: z.string(),
  classes: z.number(),
  size: z.number(),
  uploadedAt: z.iso.datetime(),
  uploadedBy: z.string(),
  usedAt: z.iso.datetime(),
});

export const JavaMappingList = z.object({ mappings: z.array(JavaMapping) });
export type JavaMappingList = z.infer<typeof JavaMappingList>;

export const JavaMappingAdded = z.object({
  mapping: JavaMapping,
  /** The job's run that mends crashes; null where none could be begun. */
  run: z.string().nullable(),
  /** False when neither a version nor an id in it says which crashes it is for. */
  isNamed: z.boolean(),
});
export type JavaMappingAdded = z.infer<typeof JavaMappingAdded>;

/** Crashes that new symbols mend. */
export const SymbolMendingList = z.object({
  mendings: z.array(
    z.object({
      id: z.string(),
      at: z.iso.datetime(),
      /** Names of modules, some when there are many. */
      modules: z.array(z.string()),
      /** How many symbol files that came mend something. */
      symbols: z.number(),
      crashes: z.number(),
      state: z.enum(['offered', 'started', 'dismissed']),
      run: z.string().nullable(),
      /** Of the run; null before it is begun, and when its history is gone. */
      job: z
        .object({
          status: z.enum(['waiting', 'running', 'paused', 'succeeded', 'failed', 'cancelled']),
          done: z.number(),
          total: z.number().nullable(),
        })
        .nullable(),
    }),
  ),
});
export type SymbolMendingList = z.infer<typeof SymbolMendingList>;

/** One module, looked up now. */
export const SymbolLookupResult = z.object({
  isFound: z.boolean(),
  isCorrupt: z.boolean(),
  /** Where it came from; "" when it was not found. */
  origin: z.string(),
  attempts: z.array(
    z.object({
      source: z.string(),
      location: z.string(),
      status: z.enum(['found', 'not-found', 'denied', 'timeout', 'unavailable', 'malformed', 'too-large', 'skipped']),
      milliseconds: z.number(),
      bytes: z.number(),
      reason: z.string(),
    }),
  ),
  /** Lines that can't be used; null when it was not found. */
  problems: z
    .object({ total: z.number(), first: z.array(z.object({ line: z.number(), reason: z.string() })) })
    .nullable(),
  /** False for a name that can't be a file's. */
  isNamed: z.boolean(),
  /** Keys of native debug files with one of these ids. */
  native: z.array(z.string()),
  conversion: z.object({ state: z.enum(['waiting', 'running', 'done', 'failed']), problem: z.string() }).nullable(),
});
export type SymbolLookupResult = z.infer<typeof SymbolLookupResult>;
