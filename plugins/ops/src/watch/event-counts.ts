/** What happens to crashes, counted from the events of all processes. */
import { seriesKey, subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  CrashEvent,
  Disposer,
  MetricReading,
  NodeHeartbeat,
  NodeMetrics,
  UnixMillis,
  WalkEvent,
} from '@faultline/sdk';
import type { NodeList } from './node-list.js';
import { RateMeter } from './rate-meter.js';

/** Names of meters that come from events; those of metrics are named as their series. */
export type EventName = 'stored' | 'walked' | 'walk-failed' | 'processed' | 'partial' | 'failed' | 'dead';

/** Processes tell few hundred; a plugin that makes up names must not fill the memory. */
const mostSeries = 5_000;

interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
  meter: RateMeter;
}

export class EventCounts {
  private readonly meters = new Map<string, Series>();
  /** By process: what it told last, in one or more parts of the same time. */
  private readonly gauges = new Map<string, { at: UnixMillis; readings: MetricReading[] }>();

  constructor(private readonly clock: Clock) {}

  meter(name: EventName): RateMeter {
    return this.meters.get(name)?.meter ?? new RateMeter(this.clock.monotonic());
  }

  /** Every series of a metric. */
  series(metric: string): Pick<Series, 'labels' | 'meter'>[] {
    return [...this.meters.values()].filter(({ name }) => name === metric);
  }

  /** What processes told last of a gauge; those that stopped are left out. */
  gauge(metric: string): (Pick<MetricReading, 'labels' | 'value'> & { node: string })[] {
    return [...this.gauges].flatMap(([node, { readings }]) =>
      readings.filter(({ name }) => name === metric).map((reading) => ({ ...reading, node })),
    );
  }

  listen(bus: Bus, nodes: NodeList): Disposer {
    const { clock } = this;
    const stops = [
      bus.on<NodeHeartbeat>(subjects.nodeHeartbeat, (heartbeat) =>
        nodes.hear(heartbeat, { now: clock.now(), monotonic: clock.monotonic() }),
      ),
      bus.on<{ node: string }>(subjects.nodeStopped, ({ node }) => {
        nodes.stopped(node, clock.monotonic());
        this.gauges.delete(node);
      }),
      bus.on<NodeMetrics>(subjects.nodeMetrics, (metrics) => this.hearMetrics(metrics)),
      bus.on(subjects.crashReceived, () => this.count('stored')),
      bus.on<CrashEvent>(subjects.crashProcessed, ({ status }) => {
        this.count('processed');
        if (status === 'partial') this.count('partial');
        if (status === 'failed') this.count('failed');
      }),
      bus.on<WalkEvent>(subjects.walkFinished, ({ status }) => {
        this.count('walked');
        if (status !== 'OK') this.count('walk-failed');
      }),
      bus.on(subjects.crashDead, () => this.count('dead')),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  private hearMetrics({ node, at, added, gauges }: NodeMetrics): void {
    for (const { name, labels = {}, value } of added) this.add(name, labels, value);
    const known = this.gauges.get(node);
    const before = known?.at === at ? known.readings : [];
    this.gauges.set(node, { at, readings: [...before, ...gauges].slice(0, mostSeries) });
  }

  private count(name: EventName): void {
    this.add(name, {}, 1);
  }

  private add(name: string, labels: Series['labels'], amount: number): void {
    const now = this.clock.monotonic();
    const key = seriesKey({ name, labels });
    const known = this.meters.get(key);
    if (known !== undefined) return known.meter.add(amount, now);
    if (this.meters.size >= mostSeries) return;
    const meter = new RateMeter(now);
    meter.add(amount, now);
    this.meters.set(key, { name, labels, meter });
  }
}
