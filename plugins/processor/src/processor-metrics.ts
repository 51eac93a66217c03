/** What rules and sinks have done in this process, as metrics: counted as it happens, read by whoever watches. */
import { subjects } from '@faultline/sdk';
import type { MetricReading, MetricSource, RunRecord } from '@faultline/sdk';

interface RuleCounts {
  /** By outcome; skipped ones are not counted. */
  outcomes: Map<string, number>;
  milliseconds: number;
}

export class ProcessorMetrics implements MetricSource {
  readonly id = 'processor';
  readonly metrics = {
    faultline_rule_runs_total: {
      kind: 'counter',
      help: 'Crashes that a rule applied to, by outcome: written, failed, timed-out or parked.',
      labels: ['rule', 'outcome'],
    },
    faultline_rule_seconds_total: { kind: 'counter', help: 'Time spent in a rule.', labels: ['rule'] },
    faultline_lane_handled_total: {
      kind: 'counter',
      help: 'Messages of a lane that were worked on, whatever came of it.',
      labels: ['lane'],
    },
    faultline_sink_delivered_total: { kind: 'counter', help: 'Runs that a sink has taken.', labels: ['sink'] },
    faultline_sink_refused_total: {
      kind: 'counter',
      help: 'Runs that a sink did not take and that are offered again, by reason.',
      labels: ['sink', 'code'],
    },
  } as const;
  private readonly rules = new Map<string, RuleCounts>();
  private readonly handled = new Map<string, number>();
  private readonly delivered = new Map<string, number>();
  private readonly refused = new Map<string, { sink: string; code: string; count: number }>();

  countRun({ rules }: Pick<RunRecord, 'rules'>): void {
    for (const { rule, outcome, duration } of rules) {
      if (outcome === 'skipped') continue;
      const counts = this.rules.get(rule) ?? { outcomes: new Map<string, number>(), milliseconds: 0 };
      counts.outcomes.set(outcome, (counts.outcomes.get(outcome) ?? 0) + 1);
      counts.milliseconds += duration;
      this.rules.set(rule, counts);
    }
  }

  /** @param subject `crash.process.<lane>` */
  countHandled(subject: string): void {
    const lane = subject.slice(subjects.process('').length);
    this.handled.set(lane, (this.handled.get(lane) ?? 0) + 1);
  }

  countDelivered(sink: string, runs: number): void {
    this.delivered.set(sink, (this.delivered.get(sink) ?? 0) + runs);
  }

  countRefused(sink: string, code: string, runs: number): void {
    const key = `${sink}/${code}`;
    const known = this.refused.get(key);
    if (known === undefined) this.refused.set(key, { sink, code, count: runs });
    else known.count += runs;
  }

  *read(): Iterable<MetricReading> {
    for (const [rule, { outcomes, milliseconds }] of this.rules) {
      yield { name: 'faultline_rule_seconds_total', labels: { rule }, value: milliseconds / 1000 };
      for (const [outcome, value] of outcomes) {
        yield { name: 'faultline_rule_runs_total', labels: { rule, outcome }, value };
      }
    }
    for (const [lane, value] of this.handled) {
      yield { name: 'faultline_lane_handled_total', labels: { lane }, value };
    }
    for (const [sink, value] of this.delivered) {
      yield { name: 'faultline_sink_delivered_total', labels: { sink }, value };
    }
    for (const { sink, code, count: value } of this.refused.values()) {
      yield { name: 'faultline_sink_refused_total', labels: { sink, code }, value };
    }
  }
}
