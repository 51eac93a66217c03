import type { WalkedThread, WalkResult } from '../walk/walk-result.js';
import { type AddressText, addressText } from './address-text.js';
import { crashInfoJson } from './crash-info-json.js';
import { faultlineJson } from './faultline-json.js';
import { frameJson, registersJson } from './frame-json.js';
import { inOrder, type JsonObject, jsonText } from './json-value.js';
import { hasRange, moduleJson, unloadedModuleJson } from './module-json.js';
import { processJson, systemJson } from './process-json.js';

/**
 * The result as rust-minidump's JSON (its json-schema.md), with all of ours under the one key `faultline`.
 * @returns text with keys in alphabetical order, without a newline at its end
 */
export function walkJsonText(result: WalkResult, options: { pretty?: boolean } = {}): string {
  return jsonText(walkJson(result), options);
}

/** The same as a value. */
export function walkJson(result: WalkResult): JsonObject {
  const { dump, certificates } = result;
  const address = addressText(dump.system.cpu);
  const threads = result.threads.map((thread) => threadJson(thread, result, address));
  return inOrder({
    status: 'OK',
    ...processJson(dump.facts, address),
    crash_info: crashInfoJson(result, address),
    system_info: systemJson(result),
    thread_count: result.threads.length,
    threads,
    ...crashingThreadJson(result, threads),
    main_module: 0,
    modules_contains_cert_info: certificates.size > 0,
    modules: dump.modules
      .filter(hasRange)
      .map((module) => moduleJson(module, { address, certificates, lookup: result.symbols.get(module.index) })),
    unloaded_modules: dump.unloadedModules
      .filter(hasRange)
      .map((module) => unloadedModuleJson(module, { address, certificates })),
    faultline: faultlineJson(result, address),
  });
}

/** The thread that wrote the dump has no name and no last error there; its name stands under `faultline`. */
function threadJson(thread: WalkedThread, { dump }: WalkResult, address: AddressText): JsonObject {
  const isWriter = thread.status === 'dump-writer';
  return {
    frame_count: thread.frames.length,
    frames: thread.frames.map((frame) => frameJson(frame, { address, unloaded: dump.unloadedModules })),
    last_error_value: isWriter ? null : thread.lastError,
    thread_id: thread.threadId,
    thread_name: isWriter ? null : thread.name,
  };
}

/** Repeats a thread that has frames, with its place and its registers. */
function crashingThreadJson(result: WalkResult, threads: JsonObject[]): JsonObject {
  const index = result.requestingThread;
  const first = index === null ? undefined : result.threads[index]?.frames[0];
  const thread = index === null ? undefined : threads[index];
  if (index === null || first === undefined || thread === undefined) return {};
  const frames = thread['frames'] as JsonObject[];
  const withRegisters = frames.map((frame, at) =>
    at === 0 ? inOrder({ ...frame, registers: registersJson(first.context) }) : frame,
  );
  return { crashing_thread: { ...thread, frames: withRegisters, threads_index: index } };
}
