import { contributionPoint } from './contribution.js';
import { FaultlineError } from './errors.js';
import type { MaybePromise, UnixMillis } from './units.js';

/** What a metric means. It stands in the catalogue, at `/metrics` and in the history of the operations screen. */
export interface MetricDefinition {
  /** A counter only grows, from 0 at the start of its process, and its name ends in `_total`; a gauge goes both ways. */
  kind: 'counter' | 'gauge';
  /** For people, a sentence: what is counted, and the unit where the name does not say it. */
  help: string;
  /** Names of its labels. Their values must be few: ids of rules, sinks, lanes, never words of a client. */
  labels: readonly string[];
}

/** The value of one metric, for one set of label values. */
export interface MetricReading {
  name: string;
  value: number;
  /** Exactly the labels of the definition; may be absent without any. */
  labels?: Readonly<Record<string, string>>;
}

/**
 * Metrics of a plugin, from the process it runs in: described once, read whenever somebody asks (Prometheus, statsd,
 * and every 5 seconds the operations screen). Keep numbers in the plugin as things happen and hand them out in `read`:
 *
 *     context.contribute(MetricSource, {
 *       id: 'collector',
 *       metrics: { faultline_posts_total: { kind: 'counter', help: 'Posts, by what became of them.', labels: ['outcome'] } },
 *       read: () => [{ name: 'faultline_posts_total', labels: { outcome: 'accepted' }, value: accepted }],
 *     });
 *
 * A reading that `metrics` does not describe is an error (`METRIC_UNKNOWN`): it is left out, logged, and fails the
 * tests. Name metrics `faultline_<what>_<unit>` in base units (seconds, bytes). Of several processes each tells its own
 * part; a gauge of something shared is told by one of them.
 */
export interface MetricSource {
  /** Usually the plugin's id. */
  id: string;
  metrics: Readonly<Record<string, MetricDefinition>>;
  /** Cheap: no scan, no network. What can't be told now is left out. */
  read(): MaybePromise<Iterable<MetricReading>>;
}
export const MetricSource = contributionPoint<MetricSource>('MetricSource');

/**
 * The readings of a source, each held to its definition.
 * @throws Internal METRIC_UNKNOWN for a name that is not described, or other labels than described
 */
export async function readMetrics(source: MetricSource): Promise<MetricReading[]> {
  const readings = [...(await source.read())];
  for (const { name, labels = {} } of readings) {
    const definition = source.metrics[name];
    if (definition !== undefined && sameNames(Object.keys(labels), definition.labels)) continue;
    const what = definition === undefined ? 'is not described' : `has the labels [${Object.keys(labels).join(', ')}]`;
    throw new FaultlineError('Internal', 'METRIC_UNKNOWN', `The metric "${name}" of ${source.id} ${what}.`, {
      hint: 'Describe it, with its labels, in `metrics` of the MetricSource.',
      details: { source: source.id, metric: name },
    });
  }
  return readings;
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}

/** One line of a series: `faultline_queue_depth{lane="normal"}`. Labels stand in the order of their names. */
export function seriesKey({ name, labels = {} }: Pick<MetricReading, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? name : `${name}{${pairs.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}

/** Data of `node.metrics`: what the metric sources of one process tell, in parts that the bus can carry. */
export interface NodeMetrics {
  node: string;
  at: UnixMillis;
  /** Counters, by what was added since the part before; only those that grew. */
  added: MetricReading[];
  gauges: MetricReading[];
}
