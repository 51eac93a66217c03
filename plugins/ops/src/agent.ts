/**
 * Tells the other processes what the metric sources of this one say, and that it stops. Counters travel as what was
 * added, so that whoever listens only has to add up.
 */
import { readMetrics, seriesKey, subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  ContributionList,
  Logger,
  MetricReading,
  MetricSource,
  Milliseconds,
  NodeMetrics,
} from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';

/** A part of so many readings stays far below what the bus carries. */
const partSize = 200;

export interface AgentParts {
  bus: Bus;
  clock: Clock;
  logger: Logger;
  node: string;
  sources: ContributionList<MetricSource>;
}

export class Agent {
  private readonly told = new Map<string, number>();
  private readonly complaints = new Set<string>();

  constructor(private readonly parts: AgentParts) {}

  /** Tells now; sources that fail are left out and named in the log once. Never rejects. */
  async tell(): Promise<void> {
    const { bus, clock, node } = this.parts;
    const added: MetricReading[] = [];
    const gauges: MetricReading[] = [];
    for (const source of this.parts.sources.all()) {
      for (const reading of await this.read(source.plugin, source.value)) {
        if (source.value.metrics[reading.name]?.kind !== 'counter') gauges.push(reading);
        else if (this.growth(reading) > 0) added.push({ ...reading, value: this.growth(reading) });
      }
    }
    for (const reading of added) {
      const key = seriesKey(reading);
      this.told.set(key, (this.told.get(key) ?? 0) + reading.value);
    }
    const at = clock.now();
    for (let from = 0; from < Math.max(added.length, gauges.length); from += partSize) {
      bus.emit(subjects.nodeMetrics, {
        node,
        at,
        added: added.slice(from, from + partSize),
        gauges: gauges.slice(from, from + partSize),
      } satisfies NodeMetrics);
    }
  }

  /** Tells each `every`; what it returns ends that, and tells that the process stops. */
  start(every: Milliseconds): () => Promise<void> {
    const timer = setInterval(() => void this.tell(), every).unref();
    return async () => {
      clearInterval(timer);
      await this.tell();
      this.parts.bus.emit(subjects.nodeStopped, { node: this.parts.node });
    };
  }

  private growth(reading: MetricReading): number {
    return reading.value - (this.told.get(seriesKey(reading)) ?? 0);
  }

  private async read(plugin: string, source: MetricSource): Promise<MetricReading[]> {
    try {
      return await readMetrics(source);
    } catch (error) {
      const { code, message, hint } = asFaultlineError(error);
      if (!this.complaints.has(message)) this.parts.logger.error({ metricsOf: plugin, code, hint }, message);
      this.complaints.add(message);
      return [];
    }
  }
}
