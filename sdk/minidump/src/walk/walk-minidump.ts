import type { SymbolProvider } from '@faultline/sdk/module-symbols';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import type { Milliseconds } from '@faultline/sdk/units';
import { foldIdenticalThreads } from '../analysis/index.js';
import { RegionMap } from '../analysis/region-map.js';
import type { WalkedFrame } from '../model/frame.js';
import type { MinidumpLimits } from '../reader/limits.js';
import { crashReason } from '../reason/crash-reason.js';
import { defaultUnwindLimits, ModuleMap, type UnwindLimits } from '../unwind/index.js';
import { analyzedCrash } from './analyzed-crash.js';
import { codeOfFrames } from './code-of-frames.js';
import type { CrashDump } from './crash-dump.js';
import { budgetProblems, defaultTotalFrames, shareOfFrames } from './frame-budget.js';
import { openCrashDump } from './open-crash-dump.js';
import { parseMicrocode } from './process-facts.js';
import { SymbolLookups } from './symbol-lookups.js';
import { ThreadWalker } from './thread-walker.js';
import { TimeBudget } from './time-budget.js';
import type { WalkedThread, WalkResult } from './walk-result.js';

export interface WalkOptions {
  /** A minidump, or a log that holds a Breakpad microdump. */
  source: RandomAccessSource;
  /** null or left out: no symbols. */
  symbols?: SymbolProvider | null;
  limits?: WalkLimits;
  /** Default "all". */
  threads?: 'all' | 'crashing';
  /** Which of a log's microdumps to walk, 0 the first; default the first. */
  microdumpIndex?: number;
  /** What the raw crash knew besides the dump. */
  known?: KnownFacts;
  /** Ends the walk: it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called for every frame as soon as it is known, the crashing thread's first. */
  onFrame?: (frame: WalkedFrame, thread: { index: number; threadId: number }) => void;
  /** Called after each thread. */
  onProgress?: (progress: { threadsDone: number; threads: number }) => void;
}

/** Bounds on one walk. A bound that cuts something off is told, in `problems` or as the `end` of a thread. */
export interface WalkLimits {
  /** Of what is read of the dump. */
  dump?: Partial<MinidumpLimits>;
  /** Of one thread. */
  unwind?: Partial<UnwindLimits>;
  /** Frames of all threads together; 200,000 unless told. */
  totalFrames?: number;
  /**
   * Time of the whole walk; no bound unless told. When it is over, symbols are no longer waited for and each thread
   * ends where it stands, so that the result has what was found until then.
   */
  totalMilliseconds?: Milliseconds;
}

/** Facts of the raw crash that belong into the output. */
export interface KnownFacts {
  /** Certificate subject by base name of a module's file. */
  certificates?: ReadonlyMap<string, string>;
  /** "0x2b"; used when the dump doesn't say. */
  microcodeVersion?: string;
}

/** Threads walked at once after the crashing one, so that one waits for symbols while another goes on. */
const concurrentThreads = 4;

/**
 * Walks a dump.
 * @throws FaultlineError when the file is no dump or lacks what nothing can do without (`MINIDUMP_BAD_SIGNATURE`,
 *   `MINIDUMP_BAD_VERSION`, `MINIDUMP_TOO_SHORT`, `MISSING_SYSTEM_INFO`, `MISSING_THREAD_LIST`,
 *   `MICRODUMP_INCOMPLETE`); the signal's reason when aborted. All else that is damaged is listed in `problems`.
 */
export async function walkMinidump(options: WalkOptions): Promise<WalkResult> {
  const began = performance.now();
  const dump = await openCrashDump(options);
  const { totalMilliseconds = Infinity } = options.limits ?? {};
  const left = totalMilliseconds - (performance.now() - began);
  return walkCrashDump(dump, { ...options, limits: { ...options.limits, totalMilliseconds: Math.max(0, left) } });
}

/** The same for a dump that is open already. */
export async function walkCrashDump(dump: CrashDump, options: Omit<WalkOptions, 'source'>): Promise<WalkResult> {
  const budget = new TimeBudget(options.limits?.totalMilliseconds ?? Infinity, options.signal);
  try {
    return await walkWithin(budget, dump, options);
  } finally {
    budget.end();
  }
}

async function walkWithin(
  budget: TimeBudget,
  dump: CrashDump,
  options: Omit<WalkOptions, 'source'>,
): Promise<WalkResult> {
  const { signal, onFrame, onProgress } = options;
  const lookups = new SymbolLookups(options.symbols ?? null, budget.signal);
  const modules = new ModuleMap(dump.reachableModules ?? dump.modules);
  const limits = { ...defaultUnwindLimits, ...options.limits?.unwind };
  const shared = shareOfFrames(limits, dump.threads.length, options.limits?.totalFrames ?? defaultTotalFrames);
  const walker = new ThreadWalker({
    dump,
    modules,
    lookups,
    isExecutable: executableIn(dump.regions),
    limits: (index) => budget.boundsOf(index === dump.requestingThread ? limits : shared),
    isAsked: (index) => options.threads !== 'crashing' || index === dump.requestingThread,
    signal,
    onFrame,
  });
  const threads: WalkedThread[] = [];
  let done = 0;
  const walk = async (index: number) => {
    threads[index] = await walker.walk(index);
    signal?.throwIfAborted();
    done += 1;
    onProgress?.({ threadsDone: done, threads: dump.threads.length });
  };
  if (dump.requestingThread !== null) await walk(dump.requestingThread);
  await eachOf(
    dump.threads.map((_, index) => index).filter((index) => index !== dump.requestingThread),
    walk,
  );
  const crash = dump.exception === null ? null : await crashReason(dump.exception, dump.system);
  const asking = dump.requestingThread === null ? undefined : threads[dump.requestingThread];
  return {
    dump,
    crash,
    code: await codeOfFrames(dump, asking?.frames ?? []),
    analysis: crash === null ? null : await analyzedCrash(crash, { dump, threads, modules }),
    threads,
    threadGroups: foldIdenticalThreads(threads.map(({ frames }) => frames)),
    requestingThread: dump.requestingThread,
    symbols: lookups.finished,
    certificates: options.known?.certificates ?? new Map(),
    microcode: dump.facts.microcode ?? parseMicrocode(options.known?.microcodeVersion),
    problems: [
      ...dump.problems(),
      ...budgetProblems(threads, shared.maxFrames, limits.maxFrames),
      ...budget.problems(threads),
    ],
  };
}

function executableIn(regions: CrashDump['regions']): (address: bigint) => boolean | null {
  if (regions === null) return () => null;
  const map = new RegionMap(regions);
  return (address) => map.regionAt(address)?.isExecutable ?? false;
}

async function eachOf(indexes: number[], walk: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = indexes[next++]; index !== undefined; index = indexes[next++]) await walk(index);
  };
  await Promise.all(Array.from({ length: Math.min(concurrentThreads, indexes.length) }, worker));
}
