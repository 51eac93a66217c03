/**
 * What the page and the worker that walks one dump say to each other. Both sides may ask: the page for memory and
 * texts of the walked dump, the worker for symbols and for files that only the page can read.
 */
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import type { UnzippedFile } from '../intake/unpack-archive.js';
import type { FrameWords } from '../memory/frame-words.js';
import type { PointerMeaning } from '../memory/pointer-meaning.js';

/** A file: a Blob, or one behind the app's bridge, which the page reads for the worker. */
export type SourceFile = Blob | { remote: string; size: number };

export interface ModuleQuestion {
  codeFile: string;
  codeId: string;
  debugFile: string;
  debugId: string;
}

/** A place that has a module's symbols. */
export interface FoundText {
  /** The same text has the same stamp: its index is kept under it. */
  stamp: string;
  /** For people: a path below a folder, or an address. */
  origin: string;
  /** Address it comes from; null for a file. */
  url: string | null;
  /** Null when it has to be downloaded first: ask for it by its stamp. */
  file: SourceFile | null;
}

export interface SymbolAnswer {
  found: FoundText | null;
  attempts: SymbolAttempt[];
}

/** What a person should know of a symbol file that was used. */
export interface SymbolNote {
  /** Its index could not be kept; or lines of it could not be read. */
  kind: 'storage-full' | 'lines-skipped';
  name: string;
  lines: number;
  firstLine: number;
}

export interface Failure {
  code: string;
  message: string;
  hint: string;
}

export interface WalkOrder {
  file: SourceFile;
  microdumpIndex: number;
  /** After a walk that did not end: the crashing thread alone, without symbols, for a short time. */
  isSmall: boolean;
  hasSymbols: boolean;
  /** Bytes of indexes that may be kept in the browser's storage. */
  cacheQuota: number;
}

export interface WalkProgress {
  threadsDone: number;
  threads: number;
  frames: number;
  /** A symbol file that is being indexed: bytes read of how many; null when none is. */
  indexing: { name: string; read: number; size: number } | null;
}

/** Address space of the dump. Addresses are hex texts, as everywhere outside of the walker. */
export interface MemoryRow {
  start: string;
  end: string;
  size: number;
  access: string;
  name: string;
  /** Bytes of it that the dump holds, and where the first of them stands; 0 and "" for none. */
  stored: number;
  firstStored: string;
}

export interface MemoryBytes {
  start: string;
  bytes: Uint8Array;
}

/** Questions of the page, and what comes back. */
export type PageQuestions = {
  breakpadText: { ask: null; answer: string };
  memoryMap: { ask: null; answer: MemoryRow[] };
  /** Null when the dump has nothing there; at most 64 KiB. */
  memory: { ask: { address: string; length: number }; answer: MemoryBytes | null };
  pointer: { ask: { address: string }; answer: PointerMeaning };
  /** What a frame keeps on its stack; thread and frame by their numbers. */
  frameWords: { ask: { thread: number; frame: number }; answer: FrameWords };
  /** First place of a byte pattern at or behind an address; null when there is none. */
  search: { ask: { from: string; pattern: Uint8Array }; answer: string | null };
};

/** Questions of the worker. */
export type WorkerQuestions = {
  symbols: { ask: ModuleQuestion; answer: SymbolAnswer };
  download: { ask: { stamp: string }; answer: { file: SourceFile | null; reason: string } };
  read: { ask: { remote: string; offset: number; length: number }; answer: Uint8Array };
};

export type ToWorker =
  | { kind: 'walk'; order: WalkOrder }
  | { kind: 'stop' }
  /** The worker is wanted for another dump. */
  | { kind: 'reset' }
  | { kind: 'unzip'; archive: Blob }
  | { kind: 'ask'; id: number; name: keyof PageQuestions; ask: unknown }
  | { kind: 'answer'; id: number; value?: unknown; failure?: Failure };

export type ToPage =
  | { kind: 'ready' }
  | { kind: 'unzipping'; read: number }
  | { kind: 'unzipped'; file: UnzippedFile }
  | { kind: 'unzip-ended'; failure: Failure | null }
  | { kind: 'progress'; progress: WalkProgress }
  /** The walk's JSON as far as it is known. */
  | { kind: 'frames'; json: unknown }
  /** Text of the whole JSON, as `faultline stackwalk --json` prints it. */
  | { kind: 'done'; json: string; notes: SymbolNote[] }
  | { kind: 'failed'; failure: Failure; isStopped: boolean }
  | { kind: 'ask'; id: number; name: keyof WorkerQuestions; ask: unknown }
  | { kind: 'answer'; id: number; value?: unknown; failure?: Failure };
