/** What host and walking process say to each other. Messages travel over the IPC channel of `child_process`. */

/** Where symbols come from; see `SymbolSource` in the sdk. */
export interface SourceReference {
  module: string;
  options: unknown;
}

export interface WalkRequest {
  job: number;
  /** A file, or the bytes of a dump that has none. */
  dump: { path: string } | { bytes: Uint8Array };
  sources: SourceReference[];
  /** Annotations that walking uses (certificates of modules, microcode version); null when there are none. */
  evil: unknown;
  /** Milliseconds after which the process gives what it has by then. Its parent kills it a while later. */
  timeBudget: number;
}

export type WalkReply =
  | { job: number; ok: true; json: string; version: string }
  /** `status` is what the crash will say: `MissingThreadList`, `MinidumpReadError`, ... */
  | { job: number; ok: false; status: string; message: string; version: string };
