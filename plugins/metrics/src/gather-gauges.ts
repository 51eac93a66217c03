/** Gauges are looked up when somebody asks: queues, outbox, dead letters, this process. */
import { lanes, subjects } from '@faultline/sdk';
import type {
  Bus,
  Clock,
  CrashProcessing,
  CrashStorage,
  Logger,
  Outbox,
  PluginCatalog,
  SearchEngine,
  ServerInfo,
} from '@faultline/sdk';
import type { MetricBook } from './metric-book.js';

export interface GaugeSources {
  bus: Bus;
  outbox: Outbox;
  storage: CrashStorage;
  catalog: PluginCatalog;
  server: ServerInfo;
  clock: Clock;
  logger: Logger;
  /** Null where this process has none. */
  processing(): CrashProcessing | null;
  engine(): SearchEngine | null;
}

/** Gauges whose source does not answer are left out; the others are there. */
export async function gatherGauges(book: MetricBook, sources: GaugeSources): Promise<void> {
  const outcomes = await Promise.allSettled([
    queueGauges(book, sources),
    outboxGauges(book, sources),
    deadLetters(book, sources),
    searchGauges(book, sources),
  ]);
  processGauges(book, sources);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') sources.logger.debug({ error: String(outcome.reason) }, 'gauges were left out');
  }
}

async function queueGauges(book: MetricBook, { bus }: GaugeSources): Promise<void> {
  const queues = await Promise.all(
    lanes.map(async (lane) => ({ labels: { lane }, status: await bus.queueStatus(subjects.process(lane)) })),
  );
  const values = (of: (status: (typeof queues)[number]['status']) => number) =>
    queues.map(({ labels, status }) => ({ labels, value: of(status) }));
  book.gauge(
    'faultline_queue_depth',
    values(({ depth }) => depth),
  );
  book.gauge(
    'faultline_queue_in_hand',
    values(({ inHand }) => inHand),
  );
  book.gauge(
    'faultline_queue_oldest_seconds',
    values(({ oldest }) => (oldest ?? 0) / 1000),
  );
}

async function outboxGauges(book: MetricBook, { outbox, clock }: GaugeSources): Promise<void> {
  const backlog = Object.entries(await outbox.backlog());
  const age = (oldest: number | null) => (oldest === null ? 0 : Math.max(0, clock.now() - oldest) / 1000);
  book.gauge(
    'faultline_outbox_rows',
    backlog.map(([sink, { rows }]) => ({ labels: { sink }, value: rows })),
  );
  book.gauge(
    'faultline_outbox_oldest_seconds',
    backlog.map(([sink, { oldest }]) => ({ labels: { sink }, value: age(oldest) })),
  );
}

async function deadLetters(book: MetricBook, { storage, processing }: GaugeSources): Promise<void> {
  let dead = 0;
  for await (const _ of storage.pending({ states: ['dead'] })) dead++;
  book.gauge('faultline_dead_letters', [{ value: dead }]);
  book.gauge('faultline_rules_parked', [{ value: processing()?.parkedRules().length ?? 0 }]);
}

async function searchGauges(book: MetricBook, { engine }: GaugeSources): Promise<void> {
  const status = await engine()?.status();
  book.gauge('faultline_search_crashes', status === undefined ? [] : [{ value: status.crashes }]);
}

function processGauges(book: MetricBook, { server, clock, catalog }: GaugeSources): void {
  const { user, system } = process.cpuUsage();
  book.gauge('faultline_process_resident_bytes', [{ value: process.memoryUsage.rss() }]);
  book.gauge('faultline_process_cpu_seconds_total', [{ value: (user + system) / 1e6 }]);
  book.gauge('faultline_process_uptime_seconds', [{ value: (clock.now() - server.startedAt) / 1000 }]);
  const states = catalog.states().map(({ state }) => state);
  book.gauge(
    'faultline_plugins',
    [...new Set(states)].map((state) => ({
      labels: { state },
      value: states.filter((other) => other === state).length,
    })),
  );
}
