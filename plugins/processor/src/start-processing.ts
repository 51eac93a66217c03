/** Puts the parts of a processing process together and starts them; what it returns stops them in order. */
import type {
  Bus,
  Clock,
  ContributionList,
  CrashSink,
  CrashStorage,
  Logger,
  Outbox,
  ServerInfo,
  StateStore,
} from '@faultline/sdk';
import type { ProcessorConfig } from './config.js';
import { LaneReader } from './lanes/lane-reader.js';
import { OutboxDelivery } from './outbox/outbox-delivery.js';
import { alone, LeasedSinkTurns } from './outbox/sink-turns.js';
import { BlackBox } from './processing/black-box.js';
import { CrashWorker } from './processing/crash-worker.js';
import { ExclusiveGate } from './processing/exclusive-gate.js';
import type { Pipeline } from './processing/process-crash.js';
import { Processor } from './processing/processor.js';
import type { RunWriterParts } from './processing/write-run.js';
import type { ProcessorMetrics } from './processor-metrics.js';
import { Reconciler } from './reconciler.js';

export interface ProcessingParts {
  config: ProcessorConfig;
  logger: Logger;
  clock: Clock;
  bus: Bus;
  storage: CrashStorage;
  outbox: Outbox;
  state: StateStore;
  sinks: ContributionList<CrashSink>;
  server: Pick<ServerInfo, 'nodeId' | 'sharesFolder'>;
  /** For what must be known after the process died. */
  folder: string;
  pipeline: Pipeline;
  metrics: ProcessorMetrics;
}

export interface Processing {
  /** To be told of runs that are written beside the lanes: their sinks get them at once. */
  onCommitted: RunWriterParts['onCommitted'];
  stop(): Promise<void>;
}

export async function startProcessing(parts: ProcessingParts): Promise<Processing> {
  const { config, logger, clock, bus, storage, outbox, state, sinks, server, metrics } = parts;
  const stopping = new AbortController();
  const blackBox = new BlackBox(parts.folder, logger);
  const { nodeId, sharesFolder } = server;
  const turns = sharesFolder ? new LeasedSinkTurns({ state, clock, nodeId }) : alone;
  const delivery = new OutboxDelivery({ outbox, storage, sinks, clock, logger, turns, metrics });
  const onCommitted: RunWriterParts['onCommitted'] = ({ record, ...run }) => {
    metrics.countRun(record);
    delivery.wake(run);
  };
  const worker = new CrashWorker({
    pipeline: parts.pipeline,
    storage,
    bus,
    clock,
    logger,
    blackBox,
    gate: new ExclusiveGate(),
    metrics,
    sinks: () => sinks.all().map(({ value }) => value.id),
    onCommitted,
    limits: config,
  });
  const { concurrency, ackWait, drainFor } = config;
  const lanes = new LaneReader(config.weights);
  const processor = new Processor({ bus, lanes, worker, logger, concurrency, ackWait, drainFor });
  await processor.start();
  // Whoever has the folder to itself takes the lease over from its own dead predecessor at once.
  const holder = sharesFolder ? nodeId : 'the holder of the folder';
  const { reconcileEvery: every, reconcileRate: rate } = config;
  const reconciling = new Reconciler({ storage, bus, state, clock, logger, holder, every, rate }).run(stopping.signal);
  return {
    onCommitted,
    async stop() {
      stopping.abort();
      await processor.stop();
      await delivery.stop();
      await reconciling;
      blackBox.close();
    },
  };
}
