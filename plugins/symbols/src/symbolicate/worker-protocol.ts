import type { ModuleIdentity, SymbolAttempt } from '@faultline/sdk/module-symbols';
import type { SymbolicatedJob } from './symbolicate.js';
import type { SymbolicationDebug } from './symbolication-debug.js';
import type { SymbolicationJob } from './symbolication-request.js';

export interface WorkerWish {
  id: number;
  jobs: SymbolicationJob[];
  /** Say what it cost. */
  isDebug?: boolean;
  /** Look this module up, in every place. */
  lookUp?: { module: ModuleIdentity; isFresh: boolean };
  /** By `debug file/debug id`, where the store knows them. */
  codeFiles: Record<string, string>;
}

/** What an index says of its text: lines that can't be used. */
export interface TextProblems {
  total: number;
  first: { line: number; reason: string }[];
}

export interface LookedUp {
  isFound: boolean;
  isCorrupt: boolean;
  /** Where it came from; "" when it was not found. */
  origin: string;
  attempts: (SymbolAttempt & { reason: string })[];
  problems: TextProblems | null;
}

export interface WorkerResults {
  id: number;
  results: SymbolicatedJob[];
  /** Of all jobs together, when it was asked for. */
  debug?: SymbolicationDebug;
  lookedUp?: LookedUp;
}

export type WorkerAnswer = WorkerResults | { id: number; error: { code: string; message: string } };
