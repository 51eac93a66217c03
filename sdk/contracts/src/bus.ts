import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';
import type { MaybePromise, Milliseconds } from './units.js';
import type { Disposer } from './contribution.js';
import { FaultlineError } from './errors.js';

/** One message of durable work in hand. Exactly one of `ack`, `nak`, `term` ends it; else it comes again. */
export interface WorkMessage<T> {
  readonly subject: string;
  readonly id: string;
  readonly data: T;
  /** 1 at the first delivery. */
  readonly deliveries: number;
  ack(): Promise<void>;
  /** Deliver again, not before `delay`. */
  nak(delay?: Milliseconds): Promise<void>;
  /** Never deliver again. */
  term(): Promise<void>;
  /** Still at it: starts the ack wait anew. */
  working(): Promise<void>;
}

/** Takes work from one subject; several consumers of one name share it. */
export interface WorkConsumer<T> {
  /**
   * Up to `max` messages; waits up to `wait` for the first one. Resolves with an empty list when there is none, and
   * at once when `signal` is aborted.
   */
  fetch(max: number, wait: Milliseconds, signal?: AbortSignal): Promise<WorkMessage<T>[]>;
  close(): Promise<void>;
}

export interface QueueStatus {
  subject: string;
  /** Waiting, delayed and in hand. */
  depth: number;
  inHand: number;
  /** Age of the oldest message not yet acked; null when empty. */
  oldest: Milliseconds | null;
  redelivered: number;
}

export interface ConsumerOptions {
  /** Consumers of one name are one queue group. */
  name: string;
  /** A message neither ended nor `working` for so long is delivered again. */
  ackWait: Milliseconds;
}

/**
 * Messages between plugins and processes, shaped on NATS. Only ids and small facts travel (at most 64 KB a message).
 * Durable work: `publish` and `consumer`. Events and questions are not kept: who is not there does not hear them.
 */
export interface Bus {
  /**
   * Durable work. A message id seen within the dedupe window (2 minutes) on any work subject is dropped:
   * `isDuplicate`.
   */
  publish(subject: string, id: string, data: JsonValue | object): Promise<{ isDuplicate: boolean }>;
  consumer<T>(subject: string, options: ConsumerOptions): Promise<WorkConsumer<T>>;
  queueStatus(subject: string): Promise<QueueStatus>;
  /** An event: heard by those who listen now, kept nowhere. */
  emit(subject: string, data: JsonValue | object): void;
  /**
   * Hears events. `*` stands for one part of the subject, `>` for the rest. With `group`, one subscriber of the
   * group hears each event. A throwing listener is logged and goes on hearing.
   */
  on<T>(subject: string, listener: (data: T, subject: string) => MaybePromise<void>, group?: string): Disposer;
  /** Asks; rejects with `Timeout BUS_REQUEST_TIMEOUT`, or `Unavailable BUS_NO_RESPONDER` when nobody listens. */
  request<Answer>(subject: string, data: JsonValue | object, timeout: Milliseconds): Promise<Answer>;
  /** Answers; a throw reaches the asker as an error of the same kind and code. */
  respond<Question>(subject: string, answer: (data: Question) => MaybePromise<JsonValue | object>): Disposer;
  checkHealth(): Promise<void>;
  /** Stops deliveries, waits for writes; what is in hand and not acked comes again after the next start. */
  close(): Promise<void>;
}
export const Bus = token<Bus>('core.bus');

/** Data of `crash.process.<lane>`. */
export interface ProcessMessage {
  crashId: string;
  run: number;
  ruleset: string;
  reason: string;
}

/** Data of the crash events. */
export interface CrashEvent {
  crashId: string;
  product: string;
  signature: string;
  status: string;
}

/** Data of `crash.step`: what is being done with a crash now, for people. */
export interface CrashStepEvent {
  crashId: string;
  step: string;
}

/** Data of `walk.finished`: one dump was walked, or could not be. A crash with several dumps has several. */
export interface WalkEvent {
  crashId: string;
  /** Name of the dump's part ("upload_file_minidump"). */
  part: string;
  /** What the crash says of it: "OK", "Timeout", … */
  status: string;
  /** Waiting for a walking process included. */
  milliseconds: Milliseconds;
  /** Modules that frames touched, by what was found for them. */
  symbols: { loaded: number; corrupt: number; missing: number };
}

/** Every subject in one place; the table of the design. */
export const subjects = {
  process: (lane: string) => `crash.process.${lane}`,
  crashDead: 'crash.dead',
  crashReceived: 'crash.received',
  crashStep: 'crash.step',
  walkFinished: 'walk.finished',
  crashProcessed: 'crash.processed',
  crashDeleted: 'crash.deleted',
  symbolsUploaded: 'symbols.uploaded',
  groupChanged: 'group.changed',
  jobStarted: 'job.started',
  jobProgress: 'job.progress',
  jobFinished: 'job.finished',
  nodeHeartbeat: 'node.heartbeat',
  nodeMetrics: 'node.metrics',
  nodeStopped: 'node.stopped',
  bannerChanged: 'banner.changed',
} as const;

/** Message id of a wish to process: the same run on another lane is another message. */
export function processMessageId(crashId: string, run: number, lane: string): string {
  return `${crashId}/${run}/${lane}`;
}

/** Most characters of a message's JSON: only ids and small facts travel. */
export const messageLimit = 65_536;

/** Time in which a message id is known: a second message of that id is dropped. */
export const dedupeWindow: Milliseconds = 120_000;

/** A message as every bus carries it. Throws `TooLarge BUS_MESSAGE_TOO_LARGE`. */
export function encodeMessage(subject: string, data: JsonValue | object): string {
  const text = JSON.stringify(data);
  if (text.length <= messageLimit) return text;
  throw new FaultlineError('TooLarge', 'BUS_MESSAGE_TOO_LARGE', `A message for "${subject}" is too large.`, {
    details: { subject, size: text.length, limit: messageLimit },
  });
}
