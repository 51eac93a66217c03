import { CrashSink, definePlugin, FaultlineError, MetricSource, subjects } from '@faultline/sdk';
import type { OperationsSnapshot, PublicStatus } from '@faultline/sdk/api';
import { MemoryLogger } from '@faultline/testing';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { afterEach, describe, expect, it } from 'vitest';

const kettle = {
  manifest: { id: 'kettle', contributes: { MetricSource: [{ id: 'kettle' }], CrashSink: [{ id: 'cups' }] } },
  definition: definePlugin({
    activate(context) {
      let count = 0;
      context.contribute(MetricSource, {
        id: 'kettle',
        metrics: {
          faultline_sink_delivered_total: { kind: 'counter', help: 'Poured.', labels: ['sink'] },
          faultline_lies: { kind: 'gauge', help: 'Not told.', labels: [] },
        },
        read: () => [{ name: 'faultline_sink_delivered_total', labels: { sink: 'cups' }, value: (count += 5) }],
      });
      context.contribute(CrashSink, {
        id: 'cups',
        title: 'Cups',
        deliver: () => Promise.reject(new FaultlineError('Unavailable', 'EMPTY', 'No water.')),
      });
    },
  }),
};

describe('The plugin ops', () => {
  let host: TestHost | null = null;
  afterEach(async () => {
    await host?.stop();
    host = null;
  });

  async function snapshot(): Promise<OperationsSnapshot> {
    const answer = await host?.fetch('/api/v1/operations', { as: ['manage'] });
    return (await answer?.json()) as OperationsSnapshot;
  }

  it('says how everything is, from what processes tell and what it sees', async () => {
    host = await startTestHost({ plugins: ['ops', kettle], config: { ops: { every: 100 } } });
    const heartbeat = { node: 'other', host: 'two', pid: 9, version: '0.1.0', roles: ['processor'], at: 0, uptime: 1 };
    host.bus.emit(subjects.nodeHeartbeat, { ...heartbeat, cpu: 0.5, rss: 5, eventLoopLag: 2, plugins: [] });
    host.bus.emit(subjects.crashReceived, {});
    await expect
      .poll(async () => (await snapshot()).sinks[0]?.delivered, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(10);
    const seen = await snapshot();
    expect(seen).toMatchObject({ sentence: 'All well: 1 crash a minute, nothing waits.', level: 'well', problems: [] });
    expect(seen.nodes).toMatchObject([{ host: 'two', state: 'alive', cpu: 0.5 }]);
    expect(seen.sinks).toMatchObject([{ sink: 'cups', title: 'Cups', rows: 0 }]);
    expect(seen.pipeline.map(({ step, total }) => [step, total])).toContainEqual(['stored', 1]);
    expect(seen.disk?.total).toBeGreaterThan(0);
  });

  it('shows a process as gone, and tells it in the sentence', async () => {
    host = await startTestHost({ plugins: ['ops'], config: { ops: { every: 100, goneAfter: 500 } } });
    const facts = { pid: 9, version: '1', roles: ['processor'], at: 0, uptime: 1, cpu: 0, rss: 5, eventLoopLag: 2 };
    host.bus.emit(subjects.nodeHeartbeat, { node: 'other', host: 'two', ...facts, plugins: [] });
    await expect.poll(async () => (await snapshot()).nodes[0]?.state, { timeout: 15_000 }).toBe('gone');
    const { problems, level, sentence } = await snapshot();
    expect(level).toBe('critical');
    expect(sentence).toContain('Nobody processes crashes');
    expect(problems.map(({ text }) => text).join()).toContain('The process on two (processor) is gone');
  });

  it('gives the status page numbers and no names; the rest needs the permission manage', async () => {
    host = await startTestHost({ plugins: ['ops'], config: { ops: { every: 100, diskFree: 10 ** 15 } } });
    expect((await host.fetch('/api/v1/operations')).status).toBe(403);
    expect((await host.fetch('/api/v1/operations', { as: ['triage'] })).status).toBe(403);
    expect((await host.fetch('/api/v1/operations/history', { as: ['triage'] })).status).toBe(403);
    await expect.poll(async () => (await snapshot()).level, { timeout: 15_000 }).toBe('critical');
    const status = (await (await host.fetch('/api/v1/operations/status')).json()) as PublicStatus;
    expect(status.level).toBe('warning');
    expect(status.parts.filter(({ isWell }) => !isWell)).toEqual([{ part: 'storage', isWell: false }]);
    expect(JSON.stringify(status)).not.toMatch(/disk|node|host"|code/);
    await host.stop();
    host = await startTestHost({ plugins: ['ops'], config: { access: { statusPage: false } } });
    expect((await host.fetch('/api/v1/operations/status')).status).toBe(403);
  });

  it('answers the history of what was recorded, and refuses ranges that are none', async () => {
    host = await startTestHost({ plugins: ['ops'], config: { ops: { every: 100 } } });
    const bad = await host.fetch('/api/v1/operations/history?from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z', {
      as: ['manage'],
    });
    expect([bad.status, await bad.json()]).toMatchObject([400, { error: { code: 'HISTORY_RANGE_INVALID' } }]);
    const answer = await host.fetch('/api/v1/operations/history?series=nodes.alive,disk.free', { as: ['manage'] });
    expect(await answer.json()).toMatchObject({ series: [{ name: 'nodes.alive' }, { name: 'disk.free' }] });
  });

  it('leaves out metrics that nobody described, and names them once', async () => {
    const logger = new MemoryLogger();
    const liar = {
      manifest: { id: 'liar', contributes: { MetricSource: [{ id: 'liar' }] } },
      definition: definePlugin({
        activate: (context) =>
          void context.contribute(MetricSource, {
            id: 'liar',
            metrics: {},
            read: () => [{ name: 'faultline_lie', value: 1 }],
          }),
      }),
    };
    host = await startTestHost({ plugins: ['ops', liar], logger, config: { ops: { every: 100 } } });
    const complaints = () => logger.lines.filter(({ facts }) => facts['code'] === 'METRIC_UNKNOWN').length;
    await expect.poll(complaints, { timeout: 15_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(complaints()).toBe(1);
  });
});
