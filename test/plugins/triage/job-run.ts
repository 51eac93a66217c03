import type { JobRun } from '@faultline/sdk';
import { MemoryLogger } from '@faultline/testing';

/** A run of a job for a slot, that nobody pauses or cancels. */
export function jobRun(slot: number): JobRun {
  return {
    id: 'run',
    slot,
    lastSuccess: null,
    params: undefined,
    startedBy: '',
    signal: new AbortController().signal,
    logger: new MemoryLogger(),
    progress: () => {},
    checkpoint: () => null,
    saveCheckpoint: () => Promise.resolve(),
    pausePoint: () => Promise.resolve(),
  };
}
