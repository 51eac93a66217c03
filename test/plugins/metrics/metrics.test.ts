import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { CrashSink, subjects } from '@faultline/sdk';
import { MemoryLogger, sampleCrashId, sampleProcessed } from '@faultline/testing';
import { startTestHost, type TestHost } from '@faultline/server/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { allMetrics } from '../../../plugins/metrics/src/catalogue.ts';
import { MetricBook } from '../../../plugins/metrics/src/metric-book.ts';
import { Statsd, statsdLine } from '../../../plugins/metrics/src/statsd.ts';

const crash = (seed: number, facts = {}) => ({
  run: 1,
  crash: sampleProcessed(sampleCrashId(seed), {
    submitted_timestamp: '2026-11-22T12:00:00.000Z',
    started_datetime: '2026-11-22T12:00:01.000Z',
    completed_datetime: '2026-11-22T12:00:03.500Z',
    status: 'partial',
    ...facts,
  }),
});

describe('Metrics', () => {
  let host: TestHost | null = null;
  afterEach(async () => {
    await host?.stop();
    host = null;
  });

  it('are all described, in the code and in the README', async () => {
    const readme = await readFile('plugins/metrics/README.md', 'utf8');
    for (const { name, help, kind, labels } of allMetrics()) {
      expect(help).toMatch(/\.$/);
      expect(name).toMatch(kind === 'counter' ? /^faultline_\w+_total$/ : /^faultline_\w+$/);
      const row = readme.split('\n').find((line) => line.includes(`\`${name}\``)) ?? `${name} is missing`;
      for (const fact of [kind, help, ...labels]) expect(row).toContain(fact);
    }
    expect(readme.match(/`faultline_\w+`/g)).toHaveLength(allMetrics().length);
  });

  it('refuse a name that the catalogue does not have', () => {
    const book = new MetricBook();
    const unknown = 'faultline_typos_total' as 'faultline_crashes_received_total';
    expect(() => book.count(unknown)).toThrow('There is no counter "faultline_typos_total"');
    expect(() => book.count('faultline_queue_depth' as typeof unknown)).toThrow('There is no counter');
  });

  it('count each run once, and stand at /metrics', async () => {
    host = await startTestHost({ plugins: ['metrics'] });
    const sink = host.contributions(CrashSink).get('metrics')?.value;
    const signal = new AbortController().signal;
    await sink?.deliver([crash(1), crash(2)], signal);
    await sink?.deliver([crash(2), { ...crash(2), run: 2 }], signal);
    host.bus.emit(subjects.crashReceived, {});
    host.bus.emit(subjects.crashDead, { code: 'PROCESSOR_DIED' });
    await host.bus.publish('crash.process.normal', '1', {});
    const text = await expect
      .poll(async () => await (await host?.fetch('/metrics'))?.text(), { timeout: 10_000 })
      .toContain('faultline_crashes_dead_total{code="PROCESSOR_DIED"} 1')
      .then(async () => (await (await host?.fetch('/metrics'))?.text()) ?? '');
    expect(text).toContain('faultline_crashes_processed_total{status="partial"} 3');
    expect(text).toContain('faultline_ingestion_seconds_sum 7');
    expect(text).toContain('faultline_processing_seconds_count 3');
    expect(text).toContain('faultline_queue_depth{lane="normal"} 1');
    expect(text).toContain('faultline_crashes_received_total 1');
    expect(text).toMatch(/^faultline_process_resident_bytes \d{7,}$/m);
    expect(text).toContain('# HELP faultline_dead_letters Crashes that were given up and wait for somebody.');
  });

  it('are closed to others once the server is not for this machine alone', async () => {
    host = await startTestHost({
      plugins: ['metrics'],
      config: { server: { publicUrl: 'https://crashes.example.org' } },
    });
    const refused = await host.fetch('/metrics');
    expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'METRICS_CLOSED' } }]);
    expect((await host.fetch('/metrics', { as: ['manage'] })).status).toBe(200);
  });

  it('go to statsd in datagrams, with tags or parts of the name', async () => {
    const server = createSocket('udp4');
    const packets: string[] = [];
    server.on('message', (packet) => packets.push(packet.toString()));
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const config = { host: '127.0.0.1', port: server.address().port, prefix: 'x.', every: 1000, tags: true };
    const statsd = new Statsd(config, new MemoryLogger());
    const book = new MetricBook((sample) => statsd.send(sample));
    book.count('faultline_crashes_processed_total', { status: 'complete' });
    book.observe('faultline_processing_seconds', 1.25);
    for (let n = 0; n < 50; n++) book.gauge('faultline_queue_depth', [{ labels: { lane: 'normal' }, value: n }]);
    await statsd.close();
    await expect.poll(() => packets.join('\n').split('\n').length, { timeout: 10_000 }).toBe(52);
    expect(packets.length).toBeGreaterThan(1);
    expect(packets.join('\n').split('\n').slice(0, 2)).toEqual([
      'x.faultline.crashes_processed_total:1|c|#status:complete',
      'x.faultline.processing:1250|ms',
    ]);
    const labels = { lane: 'a:b|c' };
    expect(
      statsdLine({ name: 'faultline_queue_depth', kind: 'gauge', value: 2, labels }, { ...config, tags: false }),
    ).toBe('x.faultline.queue_depth.a_b_c:2|g');
    server.close();
  });
});
