/** What is wrong, from what was seen; pure. */
import type { Milliseconds } from '@faultline/sdk';
import type { Problem } from '@faultline/sdk/operations';
import type { OpsConfig } from '../config.js';
import type { FailingJob } from './failing-jobs.js';
import type { Rows, Seen } from './snapshot.js';

/** A problem before it is known since when. */
export type Finding = Problem extends infer Each ? (Each extends Problem ? Omit<Each, 'since'> : never) : never;

export interface Facts {
  seen: Seen;
  rows: Rows;
  jobs: readonly FailingJob[];
  jobTitles: ReadonlyMap<string, string>;
  /** Milliseconds since each node was heard, by node. */
  silence: ReadonlyMap<string, number>;
  /** How long this process has listened: others may not have been heard yet. */
  watchedFor: Milliseconds;
}

/** So few failures are an accident, not a problem. */
const fewest = 3;

export function findProblems(facts: Facts, config: OpsConfig): Finding[] {
  return [
    ...nodeProblems(facts, config),
    ...queueProblems(facts, config),
    ...sinkProblems(facts, config),
    ...ruleProblems(facts, config),
    ...storeProblems(facts, config),
    ...jobProblems(facts),
    ...symbolProblems(facts),
  ];
}

function nodeProblems({ rows, silence }: Facts, { loopLag }: OpsConfig): Finding[] {
  return rows.nodes.flatMap((node): Finding[] => {
    const roles = node.roles.join(', ');
    if (node.state === 'gone') {
      const seconds = Math.round((silence.get(node.node) ?? 0) / 1000);
      return [
        {
          key: `node-gone/${node.node}`,
          kind: 'node-gone',
          severity: 'critical',
          facts: { host: node.host, roles, seconds },
          link: '/operations#nodes',
        },
      ];
    }
    if (node.state === 'stopped') return [];
    const failed = node.plugins
      .filter(({ state }) => state === 'failed')
      .map(({ id, code = '' }): Finding => ({
        key: `plugin-failed/${node.host}/${id}`,
        kind: 'plugin-failed',
        severity: 'warning',
        facts: { plugin: id, code, host: node.host },
        link: '/settings/plugins',
      }));
    const drift: Finding[] =
      node.drift.length === 0
        ? []
        : [
            {
              key: `config-drift/${node.node}`,
              kind: 'config-drift',
              severity: 'info',
              facts: { host: node.host, roles, sections: node.drift.join(', ') },
              link: '/operations#nodes',
            },
          ];
    if (node.eventLoopLag <= loopLag) return [...failed, ...drift];
    return [
      ...failed,
      ...drift,
      {
        key: `loop-slow/${node.node}`,
        kind: 'loop-slow',
        severity: 'warning',
        facts: { host: node.host, roles, milliseconds: Math.round(node.eventLoopLag) },
        link: '/operations#nodes',
      },
    ];
  });
}

function queueProblems({ rows, watchedFor }: Facts, { queueOldest, goneAfter }: OpsConfig): Finding[] {
  const isAlive = rows.nodes.some(
    ({ state, roles }) => (state === 'alive' || state === 'silent') && roles.includes('processor'),
  );
  if (rows.nodes.length > 0 && watchedFor > goneAfter && !isAlive) {
    return [
      {
        key: 'no-processor',
        kind: 'no-processor',
        severity: 'critical',
        facts: { waiting: rows.waiting },
        link: '/operations#queues',
      },
    ];
  }
  // Crashes that are processed again may wait: somebody asked for many at once.
  return rows.queues
    .filter(({ lane, oldest }) => lane !== 'reprocessing' && (oldest ?? 0) > queueOldest * 1000)
    .map(({ lane, depth, oldest, perMinuteIn, perMinuteOut }) => ({
      key: `queue-behind/${lane}`,
      kind: 'queue-behind',
      severity: 'warning',
      facts: { lane, waiting: depth, oldestSeconds: Math.round((oldest ?? 0) / 1000), perMinuteIn, perMinuteOut },
      link: '/operations#queues',
    }));
}

function sinkProblems({ seen, rows }: Facts, { sinkOldest }: OpsConfig): Finding[] {
  return rows.sinks
    .filter(({ rows: waiting, oldest, code }) => {
      if (waiting === 0 || oldest === null) return false;
      return code !== '' || seen.now - Date.parse(oldest) > sinkOldest * 1000;
    })
    .map(({ sink, title, rows: waiting, code }) => ({
      key: `sink-behind/${sink}`,
      kind: 'sink-behind',
      severity: 'warning',
      facts: { sink, title, waiting, code },
      link: '/operations#sinks',
    }));
}

function ruleProblems({ seen, rows }: Facts, { failingShare }: OpsConfig): Finding[] {
  const { counts, monotonic } = seen;
  const lately = new Map<string, { runs: number; failed: number }>();
  for (const { labels, meter } of counts.series('faultline_rule_runs_total')) {
    const row = lately.get(labels['rule'] ?? '') ?? { runs: 0, failed: 0 };
    const runs = meter.lastTenMinutes(monotonic);
    row.runs += runs;
    if (labels['outcome'] !== 'written') row.failed += runs;
    lately.set(labels['rule'] ?? '', row);
  }
  const parked = rows.rules
    .filter(({ isParked }) => isParked)
    .map(({ rule }): Finding => ({
      key: `rule-parked/${rule}`,
      kind: 'rule-parked',
      severity: 'warning',
      facts: { rule },
      link: '/operations#rules',
    }));
  const isParked = (rule: string) => parked.some(({ key }) => key === `rule-parked/${rule}`);
  const failing = [...lately]
    .filter(([rule, { runs, failed }]) => failed >= fewest && failed / runs >= failingShare && !isParked(rule))
    .map(([rule, facts]): Finding => ({
      key: `rule-failing/${rule}`,
      kind: 'rule-failing',
      severity: 'warning',
      facts: { rule, ...facts },
      link: '/operations#rules',
    }));
  const walks = counts.meter('walked').lastTenMinutes(monotonic);
  const failed = counts.meter('walk-failed').lastTenMinutes(monotonic);
  if (failed < fewest || failed / walks < failingShare) return [...parked, ...failing];
  return [
    ...parked,
    ...failing,
    {
      key: 'walk-failing',
      kind: 'walk-failing',
      severity: 'warning',
      facts: { failed, walks },
      link: '/operations#pipeline',
    },
  ];
}

function storeProblems({ seen: { look } }: Facts, { diskFree }: OpsConfig): Finding[] {
  const problems: Finding[] = look.unwell.map(({ part, code }) => ({
    key: `part-unwell/${part}`,
    kind: 'part-unwell',
    severity: 'critical',
    facts: { part, code },
    link: '/operations#storage',
  }));
  if (look.disk !== null && look.disk.free < diskFree) {
    problems.push({
      key: 'disk-low',
      kind: 'disk-low',
      severity: look.disk.free < diskFree / 4 ? 'critical' : 'warning',
      facts: look.disk,
      link: '/operations#storage',
    });
  }
  if (look.dead.count > 0) {
    problems.push({
      key: 'dead-letters',
      kind: 'dead-letters',
      severity: 'warning',
      facts: look.dead,
      link: '/settings/dead-letters',
    });
  }
  if (look.index?.done != null) {
    problems.push({
      key: 'index-rebuilding',
      kind: 'index-rebuilding',
      severity: 'info',
      facts: { done: look.index.done, total: look.index.total ?? 0 },
      link: '/operations#jobs',
    });
  }
  return problems;
}

function jobProblems({ jobs, jobTitles }: Facts): Finding[] {
  return jobs.map(({ job, failures, code }) => ({
    key: `job-failing/${job}`,
    kind: 'job-failing',
    severity: 'warning',
    facts: { job, title: jobTitles.get(job) ?? job, failures, code },
    link: '/operations#jobs',
  }));
}

/** Symbol servers tell by the gauge `faultline_symbol_server_up`, 0 while one can't be used. */
function symbolProblems({ seen: { counts } }: Facts): Finding[] {
  const down = counts.gauge('faultline_symbol_server_up').filter(({ value }) => value === 0);
  const servers = new Set(down.map(({ labels }) => labels?.['server'] ?? ''));
  return [...servers].map((server) => ({
    key: `symbol-server-down/${server}`,
    kind: 'symbol-server-down',
    severity: 'warning',
    facts: { server, code: 'SYMBOL_SERVER_DOWN' },
    link: '/symbols',
  }));
}
