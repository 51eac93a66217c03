import { token } from './token.js';

/**
 * Which sinks get the runs of this data folder. A sink may live in another process than the one that writes a run (a
 * process with the role `jobs` alone has few of them), and what is not named at the commit is never delivered.
 */
export interface SinkNames {
  /** Ids for `RunCommit.sinks`: those of this process, and those that the processors told of. */
  all(): Promise<string[]>;
}
export const SinkNames = token<SinkNames>('core.sinkNames');
