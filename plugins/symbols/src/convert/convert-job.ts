import type { Clock, Job, JobRun, JsonValue } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import { keyText } from '../store/symbol-key.js';
import type { Arrivals } from '../store/arrivals.js';
import type { SymbolRecord, SymbolRecords } from '../store/symbol-records.js';
import { mostAttempts, type Conversion, type ConversionQueue } from './conversion-queue.js';
import { convertModule, type ConvertOptions } from './convert-module.js';
import { installHint, probeDumpSyms } from './dump-syms.js';

export const convertJobId = 'symbols/convert';

export interface ConvertJobParts extends Omit<ConvertOptions, 'signal'> {
  queue: ConversionQueue;
  records: SymbolRecords;
  arrivals: Pick<Arrivals, 'note'>;
  clock: Clock;
}

/** Makes `.sym` files of the native files that wait, one after the other; where dump_syms is absent they go on waiting. */
export function convertJob(parts: ConvertJobParts): Job {
  return {
    id: convertJobId,
    title: 'Make symbol files of native debug files',
    schedule: { every: 10 * 60_000 },
    permission: 'upload_symbols',
    run: (run) => convertWaiting(parts, run),
  };
}

async function convertWaiting(parts: ConvertJobParts, run: JobRun): Promise<JsonValue> {
  const waiting = await waitingOf(parts.queue);
  const { version } = waiting.length === 0 ? { version: '' } : await probeDumpSyms(parts.limits.program);
  if (version === null)
    return { converted: 0, failed: 0, waiting: waiting.length, missing: 'dump_syms', hint: installHint };
  let [converted, failed] = [0, 0];
  for (const [index, conversion] of waiting.entries()) {
    await run.pausePoint();
    run.progress(index, waiting.length, conversion.debugFile);
    const isGood = await convertOne(conversion, parts, run.signal);
    if (isGood) converted++;
    else failed++;
  }
  run.progress(waiting.length, waiting.length);
  return { converted, failed, waiting: 0, program: version };
}

/** One that is marked as running was left by a process that died. */
async function waitingOf(queue: ConversionQueue): Promise<Conversion[]> {
  const waiting: Conversion[] = [];
  for await (const conversion of queue.all()) {
    if (conversion.state === 'waiting' || conversion.state === 'running') waiting.push(conversion);
  }
  return waiting.sort((one, other) => one.changedAt - other.changedAt);
}

async function convertOne(conversion: Conversion, parts: ConvertJobParts, signal: AbortSignal): Promise<boolean> {
  const { queue, clock, records } = parts;
  if (conversion.attempts >= mostAttempts) {
    const problem = `the server ended ${conversion.attempts} times while dump_syms ran`;
    await queue.put({ ...conversion, state: 'failed', problem });
    return false;
  }
  const running: Conversion = { ...conversion, state: 'running', attempts: conversion.attempts + 1 };
  await queue.put(running);
  const began = clock.monotonic();
  const end = async (outcome: Pick<Conversion, 'state' | 'problem' | 'result'>) => {
    // A file of the module that came meanwhile has made it wait again.
    const now = await queue.get(conversion.debugId, conversion.isTry);
    if (now?.state !== 'running') return;
    await queue.put({ ...running, ...outcome, milliseconds: Math.round(clock.monotonic() - began) });
  };
  const files = await records.nativeFiles(conversion.debugId, conversion.isTry);
  if (files.length === 0) {
    await queue.remove(conversion);
    return true;
  }
  try {
    const verdict = await convertModule(conversion.debugId, files.sort(bestFirst), { ...parts, signal });
    if (verdict.outcome === 'rejected') {
      await end({ state: 'failed', problem: `what dump_syms made can't be used: ${verdict.reason}`, result: '' });
      return false;
    }
    await end({ state: 'done', problem: '', result: keyText(verdict.record.key) });
    if (verdict.outcome === 'stored') await parts.arrivals.note([verdict.record]);
    return true;
  } catch (error) {
    if (signal.aborted) {
      await queue.put(conversion);
      throw error;
    }
    await end({ state: 'failed', problem: asFaultlineError(error).message, result: '' });
    return false;
  }
}

/** With both debug information and code first. */
function bestFirst(one: SymbolRecord, other: SymbolRecord): number {
  const weight = ({ native }: SymbolRecord) => Number(native?.hasDebugInfo) * 2 + Number(native?.hasCode);
  return weight(other) - weight(one);
}
