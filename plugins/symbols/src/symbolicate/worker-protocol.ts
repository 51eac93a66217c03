import type { SymbolicatedJob } from './symbolicate.js';
import type { SymbolicationJob } from './symbolication-request.js';

export interface WorkerWish {
  id: number;
  jobs: SymbolicationJob[];
  /** Build this module's index. */
  index?: { debugFile: string; debugId: string };
  /** By `debug file/debug id`, where the store knows them. */
  codeFiles: Record<string, string>;
}

export type WorkerAnswer =
  { id: number; results: SymbolicatedJob[] } | { id: number; error: { code: string; message: string } };
