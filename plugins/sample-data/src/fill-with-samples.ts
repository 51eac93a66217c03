import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  mainDumpName,
  makeCrashId,
  processMessageId,
  subjects,
  type Bus,
  type CrashStorage,
  type JsonValue,
  type RawCrash,
} from '@faultline/sdk';
import type { SampleDataConfig } from './config.js';
import { scheduleReports, type ScheduledReport } from './sample-schedule.js';
import { AddressPlan } from './samples/address-plan.js';
import { allSamples } from './samples/all-samples.js';
import { sampleDump } from './samples/sample-dump.js';
import { symbolText } from './samples/symbol-text.js';

export interface SampleTarget {
  storage: CrashStorage;
  bus: Bus;
  /** Folder in Breakpad's layout, which the server reads symbols from. */
  symbolsFolder: string;
  now: number;
  signal: AbortSignal;
}

/** Stores and publishes the samples as if they had come in over the past days. Returns how many. */
export async function fillWithSamples(config: SampleDataConfig, target: SampleTarget): Promise<number> {
  const plan = new AddressPlan(allSamples);
  await writeSymbols(plan, target.symbolsFolder);
  const scheduled = scheduleReports(allSamples, { ...config, now: target.now });
  for (const [index, report] of scheduled.entries()) {
    target.signal.throwIfAborted();
    await store(report, index, plan, target);
  }
  return scheduled.length;
}

async function writeSymbols(plan: AddressPlan, folder: string): Promise<void> {
  for (const module of plan.modules.values()) {
    if (!module.sample.hasSymbols) continue;
    const { debugFile } = module.sample;
    const target = path.join(folder, debugFile, module.debugId);
    await mkdir(target, { recursive: true });
    await writeFile(path.join(target, `${debugFile.replace(/\.pdb$/i, '')}.sym`), symbolText(module));
  }
}

async function store(report: ScheduledReport, index: number, plan: AddressPlan, target: SampleTarget): Promise<void> {
  const { sample } = report;
  const entropy = createHash('sha256').update(`sample ${index}`).digest().subarray(0, 16);
  const crashId = makeCrashId(entropy, report.time);
  const crashTime = Math.floor(report.time / 1000);
  const dump = await sampleDump(sample, plan, { crashTime, uptime: report.uptime, processId: 4000 + index });
  const draft = await target.storage.openDraft();
  try {
    const part = draft.addPart({ name: mainDumpName, filename: 'sample.dmp', contentType: 'application/octet-stream' });
    await part.write(dump);
    const summary = await part.end();
    const raw: RawCrash = {
      crashId,
      submittedTimestamp: new Date(report.time).toISOString(),
      annotations: annotationsOf(report, crashTime),
      metadata: {
        payload: 'multipart',
        payload_compressed: '0',
        payload_size: summary.size,
        collector_notes: ['sample data'],
        dump_checksums: { [mainDumpName]: summary.sha256 },
        user_agent: 'faultline sample data',
        throttle_rule: 'accept_everything',
        identity: {
          product: sample.product,
          version: report.version,
          channel: sample.channel,
          processType: sample.processType,
          platform: sample.os,
          install: createHash('sha256').update(`machine ${report.machine}`).digest('hex').slice(0, 32),
        },
      },
      parts: [summary],
    };
    const mark = { crashId, run: 1, lane: 'normal', ruleset: 'default', reason: 'received' } as const;
    await draft.commit({ raw, pending: { ...mark, since: target.now, state: 'pending' } });
  } finally {
    await draft.discard();
  }
  await target.bus.publish(subjects.process('normal'), processMessageId(crashId, 1, 'normal'), {
    crashId,
    run: 1,
    ruleset: 'default',
    reason: 'received',
  });
}

function annotationsOf({ sample, version, uptime }: ScheduledReport, crashTime: number): Record<string, JsonValue> {
  return {
    ProductName: sample.product,
    Version: version,
    ReleaseChannel: sample.channel,
    ProcessType: sample.processType,
    CrashTime: String(crashTime),
    StartupTime: String(crashTime - uptime),
    InstallTime: String(crashTime - 40 * 86_400),
    useragent_locale: 'en-US',
    TotalPhysicalMemory: '17041309696',
    AvailablePhysicalMemory: String(2_000_000_000 + (uptime % 100) * 50_000_000),
    ...sample.annotations,
  };
}
