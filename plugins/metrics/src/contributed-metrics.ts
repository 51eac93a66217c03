/** Metrics that other plugins describe and tell (`MetricSource`), beside those that are counted here. */
import { readMetrics, seriesKey } from '@faultline/sdk';
import type { ContributionList, Logger, MetricDefinition, MetricReading, MetricSource } from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { catalogue } from './catalogue.js';
import type { Sample } from './metric-book.js';

export interface DescribedMetric extends MetricDefinition {
  name: string;
  /** Of the plugin that tells it. */
  plugin: string;
}

export class ContributedMetrics {
  private readonly complaints = new Set<string>();
  /** Counters as they stood when they were last sent: statsd wants what was added. */
  private readonly sent = new Map<string, number>();

  constructor(
    private readonly sources: ContributionList<MetricSource>,
    private readonly logger: Logger,
  ) {}

  /** All that is described, of every plugin; a name that two describe belongs to the first. */
  described(): DescribedMetric[] {
    const known = new Set<string>(Object.keys(catalogue));
    const list: DescribedMetric[] = [];
    for (const { plugin, value } of this.sources.all()) {
      for (const [name, definition] of Object.entries(value.metrics)) {
        if (known.has(name)) this.complain(plugin, twice(name));
        else list.push({ name, plugin, ...definition });
        known.add(name);
      }
    }
    return list;
  }

  /** In the text format of Prometheus. A source that fails is left out, and named in the log once for each reason. */
  async text(): Promise<string> {
    const readings = await this.read();
    const lines: string[] = [];
    for (const { name, kind, help } of this.described()) {
      const own = readings.filter((reading) => reading.name === name);
      if (own.length === 0) continue;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
      for (const { labels = {}, value } of own) lines.push(`${seriesKey({ name, labels: escaped(labels) })} ${value}`);
    }
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  /** For those who send on: gauges as they are, counters by what was added since the last call. */
  async samples(): Promise<Sample[]> {
    const kinds = new Map(this.described().map(({ name, kind }) => [name, kind]));
    return (await this.read()).flatMap(({ name, labels = {}, value }): Sample[] => {
      const kind = kinds.get(name) ?? 'gauge';
      if (kind === 'gauge') return [{ name, kind, labels, value }];
      const key = seriesKey({ name, labels });
      const added = value - (this.sent.get(key) ?? 0);
      this.sent.set(key, value);
      return added > 0 ? [{ name, kind, labels, value: added }] : [];
    });
  }

  private async read(): Promise<MetricReading[]> {
    const all = this.sources.all().map(async ({ plugin, value }) => {
      try {
        return await readMetrics(value);
      } catch (error) {
        this.complain(plugin, asFaultlineError(error));
        return [];
      }
    });
    return (await Promise.all(all)).flat();
  }

  private complain(plugin: string, { code, message, hint }: FaultlineError): void {
    if (this.complaints.has(message)) return;
    this.complaints.add(message);
    this.logger.error({ metricsOf: plugin, code, hint }, message);
  }
}

function twice(name: string): FaultlineError {
  return new FaultlineError('Conflict', 'METRIC_TWICE', `Two plugins describe the metric "${name}".`, {
    hint: 'The first one has it; give the other a name of its own.',
  });
}

/** What would end a value in the text format. */
function escaped(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n'),
    ]),
  );
}
