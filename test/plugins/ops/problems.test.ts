import { byWeight, problemWords, serverWriting, stateSentence, type Problem } from '@faultline/sdk/operations';
import { FakeClock, MemoryBus } from '@faultline/testing';
import { subjects } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { OpsConfig } from '../../../plugins/ops/src/config.ts';
import { EventCounts } from '../../../plugins/ops/src/watch/event-counts.ts';
import { findProblems, type Facts } from '../../../plugins/ops/src/watch/find-problems.ts';
import { nothingSeen, type Look } from '../../../plugins/ops/src/watch/look.ts';
import { NodeList } from '../../../plugins/ops/src/watch/node-list.ts';
import { rowsOf, type Seen } from '../../../plugins/ops/src/watch/snapshot.ts';

const now = Date.UTC(2026, 10, 23, 14, 30);
const config = OpsConfig.parse({});
const node: Seen['nodes'][number] = {
  node: 'n1',
  host: 'one',
  pid: 1,
  version: '0.1.0',
  roles: ['processor', 'web'],
  state: 'alive',
  seenAt: new Date(now).toISOString(),
  uptime: 1,
  cpu: 0,
  rss: 1,
  eventLoopLag: 1,
  plugins: [],
  drift: [],
};

async function facts(
  given: {
    watchedFor?: number;
    look?: Partial<Look>;
    nodes?: Seen['nodes'];
    jobs?: Facts['jobs'];
    parked?: string[];
  } = {},
  happened: (bus: MemoryBus) => void = () => {},
): Promise<Facts> {
  const clock = new FakeClock(now);
  const bus = new MemoryBus(clock);
  const counts = new EventCounts(clock);
  counts.listen(bus, new NodeList(12_000));
  happened(bus);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const seen: Seen = {
    now,
    monotonic: clock.monotonic(),
    counts,
    look: { ...nothingSeen, ...given.look },
    depthsBefore: null,
    nodes: given.nodes ?? [node],
    sinks: new Map([['search-local', 'Search']]),
    parkedRules: given.parked ?? [],
  };
  const silence = new Map([['n1', 13_000]]);
  return {
    seen,
    rows: rowsOf(seen),
    jobs: given.jobs ?? [],
    jobTitles: new Map(),
    silence,
    watchedFor: given.watchedFor ?? 60_000,
  };
}

async function said(...given: Parameters<typeof facts>): Promise<string[]> {
  const problems = findProblems(await facts(...given), config)
    .map((finding) => ({ ...finding, since: Date.UTC(2026, 10, 23, 14, 2) }) as Problem)
    .sort(byWeight);
  return problems.map((problem) => {
    const german = problemWords(problem, serverWriting('de', now));
    expect(german.text).toMatch(/^[A-ZÄÖÜ0-9].*\.$/s);
    expect(german.hint).toMatch(/\.$/);
    const { text, hint } = problemWords(problem, serverWriting('en', now));
    return `${text} ${hint}`;
  });
}

const told = (added: object[], gauges: object[] = []) => ({ node: 'n1', at: now, added, gauges });
const runs = (outcome: string, value: number) => ({
  name: 'faultline_rule_runs_total',
  labels: { rule: 'a/b', outcome },
  value,
});

describe('What is wrong', () => {
  it('is nothing while everything works', async () => {
    expect(await said()).toEqual([]);
    const quiet = { perMinute: 0, lastHour: 0, waiting: 0 };
    const say = (facts: Partial<typeof quiet>) => stateSentence([], { ...quiet, ...facts }, serverWriting('en', now));
    expect(say({ perMinute: 12, lastHour: 300 })).toBe('All well: 12 crashes a minute, nothing waits.');
    expect(say({ lastHour: 1, waiting: 3 })).toBe('All well: 1 crash in the last hour, 3 wait to be processed.');
    expect(stateSentence([], quiet, serverWriting('de', now))).toBe(
      'Alles in Ordnung: kein Absturz in der letzten Stunde, nichts wartet.',
    );
  });

  it('is a sink that is behind, with why, since when, and what to do', async () => {
    const outbox = { 'search-local': { rows: 3412, oldest: now - 1000 } };
    const refused = {
      name: 'faultline_sink_refused_total',
      labels: { sink: 'search-local', code: 'DISK_FULL' },
      value: 9,
    };
    expect(await said({ look: { outbox } }, (bus) => bus.emit(subjects.nodeMetrics, told([refused])))).toEqual([
      'Search is 3,412 crashes behind since 14:02 UTC: its disk is full. Free space, it catches up by itself.',
    ]);
    // A batch on its way is no backlog.
    expect(await said({ look: { outbox } })).toEqual([]);
    expect(await said({ look: { outbox: { 'search-local': { rows: 1, oldest: now - 61_000 } } } })).toEqual([
      'Search is 1 crash behind since 14:02 UTC. It works, but more comes in than it takes.',
    ]);
  });

  it('is a process that is gone, a plugin that failed, a loop that stands still', async () => {
    const broken = { ...node, eventLoopLag: 4000, plugins: [{ id: 'export', state: 'failed', code: 'BAD' }] };
    expect(await said({ nodes: [broken, { ...node, host: 'two', state: 'gone', roles: ['collector'] }] })).toEqual([
      'The process on two (collector) is gone since 14:02 UTC: nothing was heard of it for 13 s. ' +
        'Start it again; what it had in hand goes to the others by itself.',
      'The process on one (processor, web) keeps everybody waiting: its event loop stood still for 4,000 ms. ' +
        'The machine is short of processor time or memory, or a plugin blocks.',
      'The plugin export does not run on one (BAD). The screen Plugins says why and what to do.',
    ]);
  });

  it('is a queue that nobody reads, or that is read too slowly', async () => {
    const queues = [
      { lane: 'normal', depth: 40, inHand: 2, oldest: 301_000 },
      { lane: 'reprocessing', depth: 4000, inHand: 2, oldest: 9_000_000 },
    ];
    expect(await said({ look: { queues } })).toEqual([
      '40 crashes wait in the lane normal, the oldest for 5 min: 0 a minute come in, 0 go out. ' +
        'Add a processor, raise processor.concurrency, or let throttle rules take fewer.',
    ]);
    const nodes = [{ ...node, roles: ['web'] }];
    // Others may not have been heard yet.
    expect((await said({ look: { queues }, nodes, watchedFor: 5000 }))[0]).toContain('40 crashes wait');
    expect(await said({ look: { queues }, nodes })).toEqual([
      'Nobody processes crashes since 14:02 UTC: 4,040 wait. ' +
        'Start a server with the role processor. Reports are still taken and kept.',
    ]);
  });

  it('is a rule that fails for many, or is parked, and walks that fail', async () => {
    const failing = (bus: MemoryBus) => bus.emit(subjects.nodeMetrics, told([runs('failed', 3), runs('written', 7)]));
    expect(await said({}, failing)).toEqual([
      'The rule a/b failed for 3 of the last 10 crashes. Those crashes lack what it writes. Look at one of them, mend ' +
        'or switch off its plugin, then process them again.',
    ]);
    const seldom = (bus: MemoryBus) => bus.emit(subjects.nodeMetrics, told([runs('failed', 3), runs('written', 90)]));
    expect(await said({}, seldom)).toEqual([]);
    expect((await said({ parked: ['a/b'] }, failing))[0]).toContain('The rule a/b is left out');
    const walks = (bus: MemoryBus) => {
      for (let n = 0; n < 4; n++) bus.emit(subjects.walkFinished, { status: n === 0 ? 'OK' : 'Timeout' });
    };
    expect((await said({}, walks))[0]).toContain('3 of the last 4 minidumps could not be walked.');
  });

  it('is a disk, a store, dead letters, a job, a symbol server', async () => {
    const disk = { free: 1.5 * 1024 ** 3, total: 100 * 1024 ** 3 };
    const gauge = { name: 'faultline_symbol_server_up', labels: { server: 'https://s.example.org' }, value: 0 };
    const lines = await said(
      {
        look: { disk, dead: { count: 2, code: 'PROCESSOR_DIED' }, unwell: [{ part: 'store', code: 'STORAGE_FULL' }] },
        jobs: [{ job: 'a/b', code: 'NO_LUCK', failures: 3, since: now }],
      },
      (bus) => bus.emit(subjects.nodeMetrics, told([], [gauge])),
    );
    expect(lines.map((line) => line.split(/(?<=[.:]) /)[0])).toEqual([
      'The store does not work since 14:02 UTC:',
      '2 crashes were given up, the last because the processor died with it in hand.',
      'The disk of the data folder is nearly full:',
      'The job “a/b” failed 3 times in a row:',
      'The symbol server https://s.example.org can’t be used since 14:02 UTC:',
    ]);
  });
});
