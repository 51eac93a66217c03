import { z } from 'zod';
import { noticeSeverities } from '../notice.js';

const date = z.iso.datetime();
const fact = z.union([z.string(), z.number()]);

/** A problem with its facts; `@faultline/sdk/operations` puts it in words, `text` and `hint` are those in English. */
export const ProblemShape = z.object({
  key: z.string(),
  kind: z.string(),
  severity: z.enum(noticeSeverities),
  since: z.number(),
  facts: z.record(z.string(), fact),
  link: z.string(),
  text: z.string(),
  hint: z.string(),
});
export type ProblemShape = z.output<typeof ProblemShape>;

export const NodeShape = z.object({
  node: z.string(),
  host: z.string(),
  pid: z.number(),
  version: z.string(),
  roles: z.array(z.string()),
  /** `silent` missed a heartbeat; `gone` was not heard of for too long; `stopped` said so. */
  state: z.enum(['alive', 'silent', 'gone', 'stopped']),
  seenAt: date,
  /** Milliseconds. */
  uptime: z.number(),
  /** Share of one processor. */
  cpu: z.number(),
  /** Bytes. */
  rss: z.number(),
  /** Milliseconds. */
  eventLoopLag: z.number(),
  plugins: z.array(z.object({ id: z.string(), state: z.string(), code: z.string().optional() })),
  /** Sections of the configuration in which it runs with other settings than most processes do. */
  drift: z.array(z.string()),
});
export type NodeShape = z.output<typeof NodeShape>;

export const QueueShape = z.object({
  lane: z.string(),
  depth: z.number(),
  inHand: z.number(),
  /** Milliseconds; null when empty. */
  oldest: z.number().nullable(),
  perMinuteIn: z.number(),
  perMinuteOut: z.number(),
  /** Milliseconds at these rates; null when it does not get shorter. */
  timeToEmpty: z.number().nullable(),
});
export type QueueShape = z.output<typeof QueueShape>;

/** Steps of a crash's way, in order. */
export const pipelineSteps = ['received', 'stored', 'queued', 'walked', 'rules', 'signed', 'indexed', 'sinks'] as const;

export const StepShape = z.object({
  step: z.enum(pipelineSteps),
  perMinute: z.number(),
  /** In the last hour. */
  count: z.number(),
  failures: z.number(),
  /** Since this server watches. */
  total: z.number(),
  totalFailures: z.number(),
  /** Pages of the crashes concerned; "" where there are none to show. */
  link: z.string(),
  failureLink: z.string(),
});
export type StepShape = z.output<typeof StepShape>;

export const RuleShape = z.object({
  rule: z.string(),
  /** In the last hour. */
  runs: z.number(),
  failed: z.number(),
  milliseconds: z.number(),
  /** Of the time of all rules, 0 to 1. */
  share: z.number(),
  isParked: z.boolean(),
});
export type RuleShape = z.output<typeof RuleShape>;

export const SinkShape = z.object({
  sink: z.string(),
  title: z.string(),
  rows: z.number(),
  oldest: date.nullable(),
  perMinute: z.number(),
  /** Since this server watches. */
  delivered: z.number(),
  /** In the last hour. */
  refused: z.number(),
  /** Why it refused last; "" when it did not within the last minutes. */
  code: z.string(),
});
export type SinkShape = z.output<typeof SinkShape>;

/** GET /api/v1/operations (manage): how everything is, now. */
export const OperationsSnapshot = z.object({
  at: date,
  watchedSince: date,
  /** In English; with `problems` the screens say it in their language. */
  sentence: z.string(),
  level: z.enum(['well', 'warning', 'critical']),
  perMinute: z.number(),
  lastHour: z.number(),
  waiting: z.number(),
  problems: z.array(ProblemShape),
  nodes: z.array(NodeShape),
  queues: z.array(QueueShape),
  pipeline: z.array(StepShape),
  rules: z.array(RuleShape),
  sinks: z.array(SinkShape),
  deadLetters: z.number(),
  /** Of the disk with the data folder; null when it can't be told. */
  disk: z.object({ free: z.number(), total: z.number() }).nullable(),
  index: z
    .object({ crashes: z.number(), size: z.number(), done: z.number().nullable(), total: z.number().nullable() })
    .nullable(),
});
export type OperationsSnapshot = z.output<typeof OperationsSnapshot>;

/** GET /api/v1/operations/history: values over time, oldest first; null where nothing was recorded. */
export const OperationsHistory = z.object({
  from: date,
  /** Milliseconds between two values. */
  step: z.number(),
  series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
  /** Names of all that is recorded. */
  known: z.array(z.string()),
});
export type OperationsHistory = z.output<typeof OperationsHistory>;

/** GET /api/v1/operations/waiting (manage): crashes that wait for a processor, or for a sink; the oldest first. */
export const WaitingCrashes = z.object({
  crashes: z.array(
    z.object({
      crashId: z.string(),
      since: date,
      /** How often it was tried; 0 before the first time, and where nobody counts. */
      attempts: z.number(),
    }),
  ),
  /** There are more than these. */
  isCut: z.boolean(),
});
export type WaitingCrashes = z.output<typeof WaitingCrashes>;

/** GET /api/v1/operations/status: for everybody who may see the status page; no names of machines, no errors. */
export const PublicStatus = z.object({
  at: date,
  level: z.enum(['well', 'warning', 'critical']),
  installation: z.string(),
  version: z.string(),
  perMinute: z.number(),
  lastHour: z.number(),
  waiting: z.number(),
  /** Milliseconds; null when nothing waits. */
  oldest: z.number().nullable(),
  parts: z.array(z.object({ part: z.enum(['collecting', 'processing', 'search', 'storage']), isWell: z.boolean() })),
});
export type PublicStatus = z.output<typeof PublicStatus>;
