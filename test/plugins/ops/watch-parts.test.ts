import { subjects, type NodeHeartbeat } from '@faultline/sdk';
import { FakeClock, MemoryBus } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { EventCounts } from '../../../plugins/ops/src/watch/event-counts.ts';
import { NodeList } from '../../../plugins/ops/src/watch/node-list.ts';
import { RateMeter } from '../../../plugins/ops/src/watch/rate-meter.ts';

describe('A rate meter', () => {
  it('tells the last minute, ten minutes, hour and all, and forgets what is older', () => {
    const meter = new RateMeter(0);
    meter.add(5, 1000);
    meter.add(2, 70_000);
    expect([meter.lastMinute(70_000), meter.lastTenMinutes(70_000), meter.total]).toEqual([2, 7, 7]);
    expect([meter.lastMinute(700_000), meter.lastTenMinutes(660_000), meter.lastHour(700_000)]).toEqual([0, 0, 7]);
    expect(meter.lastHour(3_670_000)).toBe(0);
    meter.add(1, 90_000_000);
    expect([meter.lastHour(90_000_000), meter.total]).toEqual([1, 8]);
  });
});

const beat = (node: string, facts: Partial<NodeHeartbeat> = {}): NodeHeartbeat => ({
  node,
  host: 'one',
  pid: 1,
  version: '0.1.0',
  roles: ['processor'],
  at: 0,
  uptime: 1000,
  cpu: 0.1,
  rss: 1,
  eventLoopLag: 1,
  plugins: [],
  ...facts,
});
const at = (monotonic: number) => ({ now: 1_700_000_000_000 + monotonic, monotonic });

describe('The list of processes', () => {
  const states = (list: NodeList, monotonic: number) =>
    Object.fromEntries(list.all(monotonic).map(({ node, state }) => [node, state]));

  it('shows one that is silent, then gone, whatever the date does', () => {
    const list = new NodeList(12_000);
    list.hear(beat('a'), { now: 5, monotonic: 0 });
    list.hear(beat('b', { pid: 2 }), { now: 1e15, monotonic: 0 });
    list.hear(beat('b', { pid: 2 }), at(8_000));
    expect(states(list, 5_000)).toEqual({ a: 'alive', b: 'alive' });
    expect(states(list, 8_000)).toEqual({ a: 'silent', b: 'alive' });
    expect(states(list, 12_500)).toEqual({ a: 'gone', b: 'alive' });
  });

  it('marks who runs with other settings than most, or than the youngest of as many', () => {
    const list = new NodeList(12_000);
    const drift = (monotonic: number) =>
      Object.fromEntries(list.all(monotonic).map(({ node, drift: own }) => [node, own]));
    list.hear(beat('a', { roles: ['web'], settings: { notices: '1', ops: '1' }, uptime: 9000 }), at(0));
    expect(drift(0)).toEqual({ a: [] });
    list.hear(beat('b', { roles: ['jobs'], settings: { notices: '2', ops: '1' }, uptime: 10 }), at(0));
    expect(drift(0)).toEqual({ a: ['notices'], b: [] });
    list.hear(beat('c', { settings: { notices: '1', ops: '2' }, uptime: 5 }), at(0));
    expect(drift(0)).toEqual({ a: [], b: ['notices'], c: ['ops'] });
    // One that does not tell, as of an older version, is no evidence; nor is one that is gone.
    list.hear(beat('d', { host: 'two' }), at(10_000));
    list.hear(beat('c', { settings: { notices: '1', ops: '2' } }), at(13_000));
    expect(drift(13_000)).toEqual({ a: [], b: [], c: [], d: [] });
  });

  it('lets a new process take the place of one that died, not that of one that lives', () => {
    const list = new NodeList(12_000);
    list.hear(beat('dead'), at(0));
    list.hear(beat('alive', { pid: 2 }), at(13_000));
    expect(states(list, 13_000)).toEqual({ alive: 'alive' });
    list.hear(beat('third', { pid: 3 }), at(14_000));
    expect(states(list, 14_000)).toEqual({ alive: 'alive', third: 'alive' });
  });

  it('does not call one gone that said that it stops', () => {
    const list = new NodeList(12_000);
    list.hear(beat('a'), at(0));
    list.stopped('a', 1000);
    expect(states(list, 30_000)).toEqual({ a: 'stopped' });
    expect(states(list, 62_000)).toEqual({});
  });
});

describe('Counts of events', () => {
  it('add up what several processes tell, and keep the newest of each gauge', async () => {
    const clock = new FakeClock(1_700_000_000_000);
    const bus = new MemoryBus(clock);
    const counts = new EventCounts(clock);
    const stop = counts.listen(bus, new NodeList(12_000));
    const labels = { sink: 'search' };
    const told = (node: string, value: number, gauge: number) => ({
      node,
      at: value,
      added: [{ name: 'faultline_sink_delivered_total', labels, value }],
      gauges: [{ name: 'faultline_heat', value: gauge }],
    });
    bus.emit(subjects.nodeMetrics, told('a', 3, 1));
    bus.emit(subjects.nodeMetrics, told('b', 4, 2));
    bus.emit(subjects.nodeMetrics, told('a', 5, 7));
    bus.emit(subjects.crashReceived, {});
    bus.emit(subjects.crashProcessed, { status: 'partial' });
    bus.emit(subjects.walkFinished, { status: 'Timeout' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(counts.series('faultline_sink_delivered_total').map(({ meter }) => meter.total)).toEqual([12]);
    expect(counts.gauge('faultline_heat').map(({ node, value }) => [node, value])).toEqual([
      ['a', 7],
      ['b', 2],
    ]);
    const totals = (['stored', 'processed', 'partial', 'failed', 'walked', 'walk-failed'] as const).map(
      (name) => counts.meter(name).total,
    );
    expect(totals).toEqual([1, 1, 1, 0, 1, 1]);
    bus.emit(subjects.nodeStopped, { node: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(counts.gauge('faultline_heat')).toHaveLength(1);
    stop();
    await bus.close();
  });
});
