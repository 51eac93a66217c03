import { definePlugin, MetricSource, type MetricReading } from '@faultline/sdk';
import { MemoryLogger } from '@faultline/testing';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { ContributedMetrics } from '../../../plugins/metrics/src/contributed-metrics.ts';

const kettle = (readings: MetricReading[]) => ({
  manifest: { id: 'kettle', contributes: { MetricSource: [{ id: 'kettle' }] } },
  definition: definePlugin({
    activate: (context) =>
      void context.contribute(MetricSource, {
        id: 'kettle',
        metrics: {
          faultline_kettle_celsius: { kind: 'gauge', help: 'How hot the water is.', labels: ['kettle'] },
          faultline_cups_total: { kind: 'counter', help: 'Cups that were poured.', labels: [] },
        },
        read: () => readings,
      }),
  }),
});

describe('Metrics of other plugins', () => {
  let host: TestHost | null = null;
  afterEach(async () => {
    await host?.stop();
    host = null;
  });

  it('stand at /metrics and in the catalogue, with their meaning', async () => {
    const hot = { name: 'faultline_kettle_celsius', labels: { kettle: 'the "big"\none' }, value: 98.5 };
    host = await startTestHost({ plugins: ['metrics', kettle([hot, { name: 'faultline_cups_total', value: 3 }])] });
    const text = await (await host.fetch('/metrics')).text();
    expect(text).toContain(
      '# HELP faultline_kettle_celsius How hot the water is.\n# TYPE faultline_kettle_celsius gauge\n' +
        'faultline_kettle_celsius{kettle="the \\"big\\"\\none"} 98.5\n',
    );
    expect(text).toContain('# TYPE faultline_cups_total counter\nfaultline_cups_total 3\n');
    const answer = await host.fetch('/api/v1/plugins/metrics/catalogue', { as: ['manage'] });
    const { metrics } = (await answer.json()) as { metrics: { name: string; plugin: string; help: string }[] };
    expect(metrics.find(({ name }) => name === 'faultline_cups_total')).toMatchObject({
      plugin: 'kettle',
      help: 'Cups that were poured.',
    });
    expect(metrics.map(({ name }) => name)).toContain('faultline_queue_depth');
  });

  it.each([
    ['a name', { name: 'faultline_typos_total', value: 1 }],
    ['labels', { name: 'faultline_kettle_celsius', labels: { cup: 'blue' }, value: 1 }],
  ])('are left out and named in the log when %s is not described', async (_what, wrong) => {
    const logger = new MemoryLogger();
    host = await startTestHost({ logger, plugins: ['metrics', kettle([wrong])] });
    for (let n = 0; n < 2; n++) expect(await (await host.fetch('/metrics')).text()).not.toContain(wrong.name);
    expect(logger.lines.filter(({ facts }) => facts['code'] === 'METRIC_UNKNOWN')).toHaveLength(1);
  });

  it('go to statsd: gauges as they are, counters by what was added', async () => {
    const readings = [{ name: 'faultline_cups_total', value: 3 }];
    host = await startTestHost({ plugins: [kettle(readings)] });
    const contributed = new ContributedMetrics(host.contributions(MetricSource), new MemoryLogger());
    expect(await contributed.samples()).toMatchObject([{ kind: 'counter', value: 3 }]);
    expect(await contributed.samples()).toEqual([]);
    readings.push({ name: 'faultline_cups_total', value: 5 });
    readings.shift();
    expect(await contributed.samples()).toMatchObject([{ kind: 'counter', value: 2 }]);
  });
});
