import {
  Bus,
  Clock,
  CrashProcessing,
  CrashSink,
  CrashStorage,
  definePlugin,
  HttpRoute,
  isFaultlineError,
  MetricSource,
  Outbox,
  PluginCatalog,
  SearchEngine,
  ServerInfo,
} from '@faultline/sdk';
import type { Token } from '@faultline/sdk';
import { MetricsConfig } from './config.js';
import { catalogueRoute } from './catalogue-route.js';
import { ContributedMetrics } from './contributed-metrics.js';
import { countEvents } from './count-events.js';
import { countingSink } from './counting-sink.js';
import { gatherGauges } from './gather-gauges.js';
import { MetricBook } from './metric-book.js';
import { metricsRoute } from './metrics-route.js';
import { Statsd } from './statsd.js';

export default definePlugin({
  config: MetricsConfig,
  activate(context) {
    const { config, logger, roles } = context;
    if (roles.size === 0) return;
    const bus = context.resolve(Bus);
    const server = context.resolve(ServerInfo);
    const statsd = config.statsd === undefined ? null : new Statsd(config.statsd, logger);
    const book = new MetricBook((sample) => statsd?.send(sample));
    const ifThere = <T>(service: Token<T>): T | null => {
      try {
        return context.resolve(service);
      } catch (error) {
        if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return null;
        throw error;
      }
    };
    const sources = {
      bus,
      server,
      logger,
      outbox: context.resolve(Outbox),
      storage: context.resolve(CrashStorage),
      catalog: context.resolve(PluginCatalog),
      clock: context.resolve(Clock),
      // They may start after this plugin.
      processing: () => ifThere(CrashProcessing),
      engine: () => ifThere(SearchEngine),
    };
    const contributed = new ContributedMetrics(context.contributions(MetricSource), logger);
    const gather = () => gatherGauges(book, sources);
    context.onStop(countEvents(bus, book));
    context.contribute(CrashSink, countingSink(book));
    context.contribute(
      HttpRoute,
      metricsRoute({ book, contributed, isOpen: config.open, publicUrl: () => server.publicUrl(), gather }),
    );
    context.contribute(HttpRoute, catalogueRoute(contributed));
    if (statsd === null || config.statsd === undefined) return;
    const send = async () => {
      await gather();
      for (const sample of await contributed.samples()) statsd.send(sample);
    };
    const timer = setInterval(() => void send(), config.statsd.every).unref();
    context.onStop(() => {
      clearInterval(timer);
      return statsd.close();
    });
  },
});
