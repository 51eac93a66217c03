import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  AnnotationField,
  Bus,
  Clock,
  Contribution,
  CrashId,
  CrashSink,
  CrashStorage,
  JsonValue,
  Lane,
  Outbox,
  PendingMark,
  RuleModuleReference,
  Stackwalker,
} from '@faultline/sdk';
import { processMessageId, subjects } from '@faultline/sdk';
import {
  FastClock,
  MemoryBus,
  MemoryCrashStorage,
  MemoryLogger,
  MemoryStateStore,
  sampleCrashId,
  samplePart,
  samplePending,
  sampleRawCrash,
} from '@faultline/testing';
import { vi } from 'vitest';
import { ProcessorMetrics } from '../../../plugins/processor/src/processor-metrics.ts';
import { ProcessorConfig } from '../../../plugins/processor/src/config.ts';
import { allRulesets } from '../../../plugins/processor/src/rules/known-rulesets.ts';
import { QueuedCrashProcessing } from '../../../plugins/processor/src/crash-processing-service.ts';
import { LocalDryRuns } from '../../../plugins/processor/src/processing/dry-runs.ts';
import { StraightRuns } from '../../../plugins/processor/src/reprocess/straight-runs.ts';
import { startProcessing } from '../../../plugins/processor/src/start-processing.ts';
import { RulesRunner } from '../../../plugins/processor/src/worker/rules-runner.ts';

export interface ProcessorTest {
  program: URL;
  modules: RuleModuleReference[];
  config?: Partial<ProcessorConfig>;
  sinks?: CrashSink[];
  walker?: Stackwalker;
  bus?: Bus;
  storage?: CrashStorage & Outbox;
  clock?: Clock;
  folder?: string;
  sharesFolder?: boolean;
  fields?: readonly AnnotationField[];
}

/** A processing process with fakes around it; time runs fifty times faster. */
export async function startProcessor(options: ProcessorTest) {
  const clock = options.clock ?? new FastClock(50);
  const logger = new MemoryLogger();
  const bus = options.bus ?? new MemoryBus(clock);
  const storage = options.storage ?? new MemoryCrashStorage();
  const state = new MemoryStateStore(clock);
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'faultline-processor-')));
  const config = ProcessorConfig.parse({ drainFor: 5000, ...options.config });
  const rulesets = allRulesets(config.rulesets);
  const sinks = listOf(options.sinks ?? []);
  const rules = new RulesRunner({
    program: options.program,
    catalog: { ruleModules: () => options.modules, preloads: () => [], onChange: () => () => {} },
    fields: () => options.fields ?? [],
    logger,
    parkAfter: config.parkAfter,
    idleAfter: 60_000,
  });
  const pipeline = { rules, rulesets, walker: () => options.walker ?? null, clock, storage, host: 'test' };
  const started = await startProcessing({
    config,
    logger,
    clock,
    bus,
    storage,
    outbox: storage,
    state,
    sinks,
    server: { nodeId: 'n1', sharesFolder: options.sharesFolder ?? false },
    folder,
    pipeline,
    metrics: new ProcessorMetrics(),
  });
  const processing = new QueuedCrashProcessing({
    storage,
    bus,
    clock,
    rulesets,
    parkedRules: () => rules.parkedRules(),
    dryRuns: new LocalDryRuns(pipeline, storage),
  });
  const straight = new StraightRuns({
    pipeline,
    storage,
    bus,
    sinks: () => sinks.all().map(({ value }) => value.id),
    onCommitted: started.onCommitted,
  });
  const stop = async () => {
    await started.stop();
    await rules.close();
    await bus.close();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  return { clock, logger, bus, storage, state, folder, processing, straight, pipeline, sinks, stop };
}

/** What a collector does, without a message when `isLost`. */
export async function submit(
  to: { storage: CrashStorage; bus: Bus; clock: Clock },
  seed: number,
  options: {
    lane?: Lane;
    annotations?: Record<string, JsonValue>;
    dump?: Uint8Array;
    mark?: Partial<PendingMark>;
    isLost?: boolean;
  } = {},
): Promise<CrashId> {
  const { lane = 'normal', annotations = {}, dump, isLost = false } = options;
  const crashId = sampleCrashId(seed);
  const draft = await to.storage.openDraft();
  const parts = dump === undefined ? [] : [samplePart('upload_file_minidump', dump)];
  if (dump !== undefined) {
    const part = draft.addPart({ name: 'upload_file_minidump', filename: '', contentType: '' });
    await part.write(dump);
    await part.end();
  }
  const raw = sampleRawCrash({ crashId, parts, annotations: { ProductName: 'Teapot', ...annotations } });
  const pending = samplePending(crashId, { lane, since: to.clock.now(), ...options.mark });
  await draft.commit({ raw, pending });
  if (!isLost) await publish(to.bus, pending);
  return crashId;
}

export function publish(bus: Bus, { crashId, run, lane, ruleset, reason }: PendingMark) {
  return bus.publish(subjects.process(lane), processMessageId(crashId, run, lane), { crashId, run, ruleset, reason });
}

/** A list of contributions that a test may change. */
export function listOf(initial: CrashSink[]) {
  let values: Contribution<CrashSink>[] = initial.map((value) => ({ plugin: 'test', value }));
  const listeners = new Set<() => void>();
  return {
    all: () => values,
    get: (id: string) => values.find(({ value }) => value.id === id),
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    replace: (next: CrashSink[]) => {
      values = next.map((value) => ({ plugin: 'test', value }));
      listeners.forEach((listener) => listener());
    },
  };
}

/** Waits until a check holds; patient, for machines that do much else. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 14_000, interval: 20 });
}

/** A sink that remembers what it was given. */
export function rememberingSink(id: string, refuse: (attempt: number) => Error | null = () => null) {
  const taken = new Map<string, number[]>();
  let attempts = 0;
  const sink: CrashSink = {
    id,
    title: id,
    deliver: (batch) => {
      const refusal = refuse(attempts++);
      if (refusal !== null) return Promise.reject(refusal);
      for (const { crash, run } of batch) taken.set(crash.crash_id, [...(taken.get(crash.crash_id) ?? []), run]);
      return Promise.resolve();
    },
  };
  return { sink, taken, attempts: () => attempts };
}
