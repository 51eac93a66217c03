/** What the watch has seen, as rows for people; pure. */
import { lanes } from '@faultline/sdk';
import type { Milliseconds, UnixMillis } from '@faultline/sdk';
import type { NodeShape, OperationsSnapshot, QueueShape, RuleShape, SinkShape, StepShape } from '@faultline/sdk/api';
import type { EventCounts } from './event-counts.js';
import type { Look } from './look.js';

export interface Seen {
  now: UnixMillis;
  monotonic: Milliseconds;
  counts: EventCounts;
  look: Look;
  /** By lane: the depth some time ago, and how long ago that was. */
  depthsBefore: { ago: Milliseconds; depths: ReadonlyMap<string, number> } | null;
  nodes: NodeShape[];
  /** Titles of sinks by id. */
  sinks: ReadonlyMap<string, string>;
  parkedRules: readonly string[];
}

export type Rows = Pick<OperationsSnapshot, 'nodes' | 'queues' | 'pipeline' | 'rules' | 'sinks'> & {
  perMinute: number;
  lastHour: number;
  waiting: number;
};

export function rowsOf(seen: Seen): Rows {
  const queues = queueRows(seen);
  const stored = seen.counts.meter('stored');
  return {
    nodes: seen.nodes,
    queues,
    pipeline: pipelineRows(seen, queues),
    rules: ruleRows(seen),
    sinks: sinkRows(seen),
    perMinute: stored.lastMinute(seen.monotonic),
    lastHour: stored.lastHour(seen.monotonic),
    waiting: queues.reduce((sum, { depth }) => sum + depth, 0),
  };
}

function queueRows({ counts, look, depthsBefore, monotonic }: Seen): QueueShape[] {
  const handled = counts.series('faultline_lane_handled_total');
  return lanes.map((lane) => {
    const queue = look.queues.find((each) => each.lane === lane);
    const depth = queue?.depth ?? 0;
    const meters = handled.filter(({ labels }) => labels['lane'] === lane);
    const perMinuteOut = meters.reduce((sum, { meter }) => sum + meter.lastMinute(monotonic), 0);
    const before = depthsBefore?.depths.get(lane) ?? depth;
    const growth = depthsBefore === null ? 0 : ((depth - before) / depthsBefore.ago) * 60_000;
    const shrinks = perMinuteOut - Math.max(0, perMinuteOut + growth);
    return {
      lane,
      depth,
      inHand: queue?.inHand ?? 0,
      oldest: queue?.oldest ?? null,
      perMinuteIn: Math.max(0, Math.round(perMinuteOut + growth)),
      perMinuteOut,
      timeToEmpty: depth === 0 || shrinks <= 0 ? null : Math.round((depth / shrinks) * 60_000),
    };
  });
}

/** Outcomes of posts that were no report, or not one that may come in; and of those that could not be kept. */
const unreadable = ['malformed', 'too_large', 'unauthorized', 'limited', 'aborted'];
const unstored = ['unavailable'];

/** The last hour, as the search screen takes it. */
const lastHour = 'from=-1h';

function pipelineRows(seen: Seen, queues: readonly QueueShape[]): StepShape[] {
  const { counts, monotonic } = seen;
  const meterOf = (meters: readonly { lastMinute: Ask; lastHour: Ask; total: number }[]) => ({
    perMinute: meters.reduce((sum, meter) => sum + meter.lastMinute(monotonic), 0),
    count: meters.reduce((sum, meter) => sum + meter.lastHour(monotonic), 0),
    total: meters.reduce((sum, meter) => sum + meter.total, 0),
  });
  const refusals = (meters: Parameters<typeof meterOf>[0]) => {
    const { count, total } = meterOf(meters);
    return { failures: count, totalFailures: total };
  };
  const seriesOf = (metric: string, wanted: (labels: Readonly<Record<string, string>>) => boolean = () => true) =>
    counts
      .series(metric)
      .filter(({ labels }) => wanted(labels))
      .map(({ meter }) => meter);
  const isIndex = (labels: Readonly<Record<string, string>>) => labels['sink'] === 'search-local';
  const isOther = (labels: Readonly<Record<string, string>>) => !isIndex(labels);
  const posts = seriesOf('faultline_posts_total');
  const postsThat = (outcomes: readonly string[]) =>
    seriesOf('faultline_posts_total', ({ outcome = '' }) => outcomes.includes(outcome));
  const stored = [counts.meter('stored')];
  const processed = [counts.meter('processed')];
  const all = `/reports?${lastHour}`;
  const where = (query: string) => `${all}&q=${encodeURIComponent(query)}`;
  return [
    {
      step: 'received',
      ...meterOf(posts.length === 0 ? stored : posts),
      ...refusals(postsThat(unreadable)),
      link: all,
      failureLink: '',
    },
    { step: 'stored', ...meterOf(stored), ...refusals(postsThat(unstored)), link: all, failureLink: '' },
    {
      step: 'queued',
      ...meterOf(seriesOf('faultline_lane_handled_total')),
      count: queues.reduce((sum, { depth }) => sum + depth, 0),
      ...refusals([counts.meter('dead')]),
      link: '/operations/waiting',
      failureLink: '/settings/dead-letters',
    },
    {
      step: 'walked',
      ...meterOf([counts.meter('walked')]),
      ...refusals([counts.meter('walk-failed')]),
      link: where('mdsw_status_string:*'),
      failureLink: where('mdsw_status_string:* -mdsw_status_string:=OK'),
    },
    {
      step: 'rules',
      ...meterOf(processed),
      ...refusals([counts.meter('partial')]),
      link: all,
      failureLink: where('status:=partial'),
    },
    {
      step: 'signed',
      ...meterOf(processed),
      ...refusals([counts.meter('failed')]),
      link: where('signature:*'),
      failureLink: where('status:=failed'),
    },
    {
      step: 'indexed',
      ...meterOf(seriesOf('faultline_sink_delivered_total', isIndex)),
      ...refusals(seriesOf('faultline_sink_refused_total', isIndex)),
      link: all,
      failureLink: '/operations/waiting?sink=search-local',
    },
    {
      step: 'sinks',
      ...meterOf(seriesOf('faultline_sink_delivered_total', isOther)),
      ...refusals(seriesOf('faultline_sink_refused_total', isOther)),
      link: all,
      failureLink: '/operations#sinks',
    },
  ];
}

type Ask = (now: Milliseconds) => number;

function ruleRows({ counts, monotonic, parkedRules }: Seen): RuleShape[] {
  const rows = new Map<string, RuleShape>();
  const rowOf = (rule: string): RuleShape => {
    const known = rows.get(rule);
    if (known !== undefined) return known;
    const fresh = { rule, runs: 0, failed: 0, milliseconds: 0, share: 0, isParked: parkedRules.includes(rule) };
    rows.set(rule, fresh);
    return fresh;
  };
  for (const { labels, meter } of counts.series('faultline_rule_runs_total')) {
    const row = rowOf(labels['rule'] ?? '');
    const runs = meter.lastHour(monotonic);
    row.runs += runs;
    if (labels['outcome'] !== 'written') row.failed += runs;
    // Of another process, it is known by what came of its runs.
    if (labels['outcome'] === 'parked' && meter.lastTenMinutes(monotonic) > 0) row.isParked = true;
  }
  for (const { labels, meter } of counts.series('faultline_rule_seconds_total')) {
    rowOf(labels['rule'] ?? '').milliseconds += meter.lastHour(monotonic) * 1000;
  }
  for (const rule of parkedRules) rowOf(rule);
  const whole = [...rows.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...rows.values()]
    .filter(({ runs, isParked }) => runs > 0 || isParked)
    .map((row) => ({
      ...row,
      milliseconds: Math.round(row.milliseconds * 10) / 10,
      share: whole === 0 ? 0 : row.milliseconds / whole,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds || (a.rule < b.rule ? -1 : 1));
}

function sinkRows({ counts, look, monotonic, sinks }: Seen): SinkShape[] {
  const delivered = counts.series('faultline_sink_delivered_total');
  const refused = counts.series('faultline_sink_refused_total');
  const of = (sink: string) => (series: { labels: Readonly<Record<string, string>> }) => series.labels['sink'] === sink;
  const ids = new Set([
    ...sinks.keys(),
    ...Object.keys(look.outbox),
    ...delivered.map(({ labels }) => labels['sink'] ?? ''),
  ]);
  return [...ids].sort().map((sink) => {
    const { rows = 0, oldest = null } = look.outbox[sink] ?? {};
    const taken = delivered.filter(of(sink));
    const failures = refused.filter(of(sink));
    const lately = failures
      .filter(({ meter }) => meter.lastTenMinutes(monotonic) > 0)
      .sort((a, b) => b.meter.lastTenMinutes(monotonic) - a.meter.lastTenMinutes(monotonic));
    return {
      sink,
      title: sinks.get(sink) ?? sink,
      rows,
      oldest: oldest === null ? null : new Date(oldest).toISOString(),
      perMinute: taken.reduce((sum, { meter }) => sum + meter.lastMinute(monotonic), 0),
      delivered: taken.reduce((sum, { meter }) => sum + meter.total, 0),
      refused: failures.reduce((sum, { meter }) => sum + meter.lastHour(monotonic), 0),
      code: rows === 0 ? '' : (lately[0]?.labels['code'] ?? ''),
    };
  });
}
