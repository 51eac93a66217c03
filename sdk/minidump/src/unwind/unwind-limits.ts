import type { Milliseconds } from '@faultline/sdk/units';

/** Bounds of one thread's walk. Every bound that ends or narrows a walk is reported in its `UnwindSummary`. */
export interface UnwindLimits {
  /** Frames given at most. */
  maxFrames: number;
  /** Wall-clock time of the walk, waiting for symbols included. */
  maxMilliseconds: Milliseconds;
  /**
   * Modules whose symbols may be asked for only because a scanned word points into them. Beyond it, lying in a module
   * is enough for a candidate, as for a module without symbols.
   */
  maxScanModuleLoads: number;
  /** Refused words noted per scanned frame. */
  maxRejectedWords: number;
}

export const defaultUnwindLimits: UnwindLimits = {
  maxFrames: 1024,
  maxMilliseconds: 30_000,
  maxScanModuleLoads: 64,
  maxRejectedWords: 8,
};
