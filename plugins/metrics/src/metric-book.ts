import { FaultlineError } from '@faultline/sdk/errors';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { allMetrics, secondsBuckets } from './catalogue.js';
import type { Labels, MetricDefinition, MetricName } from './catalogue.js';

/** One change of one metric, for those who send it on. */
export interface Sample {
  name: string;
  kind: MetricDefinition['kind'];
  value: number;
  labels: Labels;
}

/** All metrics of this process: what is recorded is kept for Prometheus and told to a listener. */
export class MetricBook {
  private readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly gauges = new Map<string, Gauge>();
  private readonly histograms = new Map<string, Histogram>();

  constructor(private readonly onSample: (sample: Sample) => void = () => {}) {
    for (const { name, kind, help, labels } of allMetrics()) {
      const shared = { name, help, labelNames: [...labels], registers: [this.registry] };
      if (kind === 'counter') this.counters.set(name, new Counter(shared));
      else if (kind === 'gauge') this.gauges.set(name, new Gauge(shared));
      else this.histograms.set(name, new Histogram({ ...shared, buckets: secondsBuckets }));
    }
  }

  count(name: MetricName, labels: Labels = {}, value = 1): void {
    require(this.counters, name, 'counter').inc(labels, value);
    this.onSample({ name, kind: 'counter', value, labels });
  }

  observe(name: MetricName, seconds: number): void {
    require(this.histograms, name, 'histogram').observe(seconds);
    this.onSample({ name, kind: 'histogram', value: seconds, labels: {} });
  }

  /** Replaces all values of a gauge: a sink that is gone has no backlog any more. */
  gauge(name: MetricName, values: readonly { labels?: Labels; value: number }[]): void {
    const gauge = require(this.gauges, name, 'gauge');
    gauge.reset();
    for (const { labels = {}, value } of values) {
      gauge.set(labels, value);
      this.onSample({ name, kind: 'gauge', value, labels });
    }
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}

function require<T>(metrics: ReadonlyMap<string, T>, name: string, kind: string): T {
  const metric = metrics.get(name);
  if (metric !== undefined) return metric;
  throw new FaultlineError('Internal', 'METRIC_UNKNOWN', `There is no ${kind} "${name}" in the catalogue.`, {
    hint: 'Describe it in plugins/metrics/src/catalogue.ts.',
  });
}
