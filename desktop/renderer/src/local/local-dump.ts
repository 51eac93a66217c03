import type { StackReport } from '../reading/stack-model.js';
import type { Failure, SourceFile, SymbolNote, WalkProgress } from './walk/walk-messages.js';

/** One dump that is open on this page. */
export interface LocalDump {
  /** Part of the address: `?dump=3`. */
  id: number;
  name: string;
  /** Where it lay in what was dropped. */
  path: string;
  size: number;
  file: SourceFile;
  handle: FileSystemFileHandle | null;
  /** Which microdump of a log; 0 for a minidump. */
  microdumpIndex: number;
  /** Id of the crash whose dump it is, when it came from the server; "" else. */
  crashId: string;
  state: 'waiting' | 'walking' | 'done' | 'failed' | 'stopped';
  progress: WalkProgress;
  /** What is known so far; the last complete walk stays while another is going on. */
  stack: StackReport | null;
  /** Whole JSON of the last complete walk; "" before. */
  json: string;
  failure: Failure | null;
  /** The first walk hung or died; what is shown comes from a smaller one. */
  lost: Failure | null;
  notes: SymbolNote[];
  /** Milliseconds that the last walk took. */
  duration: number;
}

export const noProgress: WalkProgress = { threadsDone: 0, threads: 0, frames: 0, indexing: null };
