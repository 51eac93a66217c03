import { readMetrics, seriesKey } from '@faultline/sdk';
import type { RuleOutcome } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { ProcessorMetrics } from '../../../plugins/processor/src/processor-metrics.ts';

const outcome = (rule: string, facts: Partial<RuleOutcome> = {}): RuleOutcome => ({
  rule,
  version: 1,
  outcome: 'written',
  duration: 2,
  fields: [],
  notes: [],
  ...facts,
});

describe('The processor’s metrics', () => {
  it('tell rules by outcome and time, sinks by what they took and refused', async () => {
    const metrics = new ProcessorMetrics();
    metrics.countRun({ rules: [outcome('a/one'), outcome('a/two', { outcome: 'skipped' })] });
    metrics.countRun({ rules: [outcome('a/one', { outcome: 'timed-out', duration: 500 })] });
    metrics.countHandled('crash.process.normal');
    metrics.countDelivered('search', 3);
    metrics.countRefused('search', 'DISK_FULL', 2);
    metrics.countRefused('search', 'DISK_FULL', 1);
    const readings = await readMetrics(metrics);
    expect(Object.fromEntries(readings.map((reading) => [seriesKey(reading), reading.value]))).toEqual({
      'faultline_rule_seconds_total{rule="a/one"}': 0.502,
      'faultline_rule_runs_total{outcome="written",rule="a/one"}': 1,
      'faultline_rule_runs_total{outcome="timed-out",rule="a/one"}': 1,
      'faultline_lane_handled_total{lane="normal"}': 1,
      'faultline_sink_delivered_total{sink="search"}': 3,
      'faultline_sink_refused_total{code="DISK_FULL",sink="search"}': 3,
    });
  });
});
