import type { CrashId } from './crash-id.js';
import { contributionPoint } from './contribution.js';
import type { JsonValue } from './raw-crash.js';
import type { Milliseconds } from './units.js';

/** What a walk of one dump gave; `json` is rust-minidump's form with our `faultline` key. */
export interface StackwalkResult {
  /** `OK`, or the name of what went wrong (`EmptyMinidump`, `MinidumpReadError`, `Timeout`, `MemoryLimit`, ...). */
  status: string;
  json: Record<string, JsonValue> | null;
  tool: string;
  version: string;
  duration: Milliseconds;
  /** For people, without private data. */
  notes: string[];
}

/** Walks minidumps where that can't hurt the host. Resolves whatever the dump does; rejects only when aborted. */
export interface Stackwalker {
  id: string;
  title: string;
  walk(job: { crashId: CrashId; part: string; raw: JsonValue }, signal: AbortSignal): Promise<StackwalkResult>;
  checkHealth(): Promise<void>;
}
export const Stackwalker = contributionPoint<Stackwalker>('Stackwalker');
