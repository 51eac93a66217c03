/** What goes between the index's thread and the host. */
import { FaultlineError, isFaultlineError, type ErrorKind } from '@faultline/sdk/errors';
import type { IndexCall } from '../index-calls.js';
import type { SentAnswer } from './sent-answer.js';

/** `workerData` of the thread. */
export interface ThreadStart {
  folder: string;
  cacheSize: number;
  flushRows: number;
}

export type ToThread =
  { kind: 'call'; id: number; call: IndexCall; request: unknown } | { kind: 'cancel'; id: number } | { kind: 'close' };

export type FromThread =
  | { kind: 'answer'; id: number; answer: unknown }
  /** The answer of a search. */
  | { kind: 'found'; id: number; found: SentAnswer }
  | { kind: 'failure'; id: number; error: SentError }
  | { kind: 'damage' }
  | { kind: 'log'; level: LogLevel; fields: Record<string, unknown>; message: string }
  | { kind: 'closed'; error: SentError | null };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface SentError {
  /** Null for an error that is not one of ours. */
  kind: ErrorKind | null;
  code: string;
  message: string;
  hint?: string;
  details?: Record<string, unknown>;
}

export function sentError(error: unknown): SentError {
  if (isFaultlineError(error)) return { kind: error.kind, ...error.toJSON() };
  return { kind: null, code: '', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function receivedError({ kind, code, message, hint, details }: SentError): Error {
  if (kind === null) return new Error(message);
  return new FaultlineError(kind, code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  });
}
