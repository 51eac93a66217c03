import type { CrashpadInfo } from '../reader/streams/crashpad.js';
import type { ProcessFacts } from '../walk/process-facts.js';
import type { WalkResult } from '../walk/walk-result.js';
import { hexBytes } from '../reader/streams/code-view.js';
import { type AddressText, baseName } from './address-text.js';
import { analysisJson, threadGroupsJson } from './analysis-json.js';
import { evidenceJson } from './evidence-json.js';
import { inOrder, type JsonObject, type JsonValue } from './json-value.js';
import {
  auxiliaryVectorJson,
  dynamicLinkerJson,
  functionTablesJson,
  handleOperationsJson,
  processJson,
  stabilityJson,
} from './process-facts-json.js';

/** Version of what stands under `faultline`; it grows only. */
const schemaVersion = 1;

/** What rust-minidump's JSON has no place for. Keys stand in alphabetical order. */
export function faultlineJson(result: WalkResult, address: AddressText): JsonObject {
  const { dump } = result;
  const { facts } = dump;
  return {
    analysis: analysisJson(result.analysis, address),
    assertion: facts.assertion === null ? null : inOrder({ ...facts.assertion }),
    auxiliary_vector: auxiliaryVectorJson(facts, address),
    command_line: facts.commandLine,
    comments: facts.comments,
    crashpad: crashpadJson(facts.crashpad),
    dump: {
      format: dump.format,
      size: facts.size,
      streams: facts.streams.map(({ name, size, type }) => ({ name, size, type })),
      timestamp: dump.timestamp,
    },
    dynamic_linker: dynamicLinkerJson(facts, address),
    environment_names: facts.environmentNames,
    exception: exceptionJson(result, address),
    function_tables: functionTablesJson(facts, address),
    handle_operations: handleOperationsJson(facts, address),
    microdump: facts.microdump === null ? null : microdumpJson(facts.microdump),
    problems: result.problems.map(({ code, message, stream }) => ({ code, message, stream })),
    proc_status: facts.procStatus?.map(([key, value]) => ({ key, value })) ?? null,
    process: processJson(facts),
    schema: schemaVersion,
    stability_report: stabilityJson(facts),
    symbols: symbolsJson(result),
    thread_groups: threadGroupsJson(result.threadGroups),
    threads: result.threads.map((thread) => evidenceJson(thread, result, address)),
    tokens: facts.tokens?.map(({ handle, id, size }) => ({ handle: Number(handle), id, size })) ?? null,
  };
}

function exceptionJson({ dump }: WalkResult, address: AddressText): JsonObject | null {
  const { exception, facts } = dump;
  if (exception === null) return null;
  return {
    address: address(exception.address),
    chain: facts.chainedExceptions.map((chained) => ({
      address: address(chained.address),
      code: chained.code,
      flags: chained.flags,
      information: chained.information.map(address),
    })),
    code: exception.code,
    flags: exception.flags,
    information: exception.information.map(address),
  };
}

/** Each look-up of a module's symbols, in dump order. */
function symbolsJson({ dump, symbols }: WalkResult): JsonValue[] {
  return dump.modules.flatMap((module) => {
    const lookup = symbols.get(module.index);
    if (lookup === undefined) return [];
    return [
      {
        attempts: lookup.attempts.map((attempt) => inOrder({ ...attempt, reason: attempt.reason ?? null })),
        debug_file: module.debugFile,
        debug_id: module.debugId,
        found: lookup.symbols !== null,
        is_corrupt: lookup.isCorrupt,
        module: baseName(module.codeFile),
        origin: lookup.symbols?.origin ?? null,
      },
    ];
  });
}

function crashpadJson(crashpad: CrashpadInfo | null): JsonObject | null {
  if (crashpad === null) return null;
  const pairs = (entries: [string, string][]) => entries.map(([key, value]) => ({ key, value }));
  return {
    annotations: pairs(crashpad.annotations),
    client_id: crashpad.clientId,
    modules: crashpad.modules.map((module) => ({
      list: module.list,
      module_index: module.moduleIndex,
      objects: module.objects.map(({ name, type, value }) =>
        inOrder({ name, type, ...('text' in value ? { text: value.text } : { hex: hexBytes(value.bytes) }) }),
      ),
      simple: pairs(module.simple),
    })),
    report_id: crashpad.reportId,
    version: crashpad.version,
  };
}

function microdumpJson({ gpu, processType, productVersion }: NonNullable<ProcessFacts['microdump']>): JsonObject {
  return {
    gpu: gpu === null ? null : { renderer: gpu.renderer, vendor: gpu.vendor, version: gpu.version },
    process_type: processType,
    product_version: productVersion,
  };
}
