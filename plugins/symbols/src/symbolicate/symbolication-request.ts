/** The payloads of Eliot's symbolication API, versions 4 and 5, checked with its words. */
import { FaultlineError } from '@faultline/sdk/errors';

/** `[debug file, debug id]`. */
export type MappedModule = readonly [string, string];
/** `[index into the memory map, or -1; offset in the module]`. */
export type StackEntry = readonly [number, number];

export interface SymbolicationJob {
  memoryMap: MappedModule[];
  stacks: StackEntry[][];
}

/** Jobs of one request, as Eliot has it. */
const mostJobs = 10;
/** Of a whole request: names and numbers from outside are counted before they are used. */
const mostFrames = 100_000;
const mostModules = 20_000;

const debugFileForm = /^[A-Za-z0-9 _.+{}@<>~-]*$/;
const debugIdForm = /^[A-Fa-f0-9]*$/;

/** One job alone, or `{"jobs": [...]}`. Throws `Malformed SYMBOLICATE_INVALID` with the words that Eliot's clients know. */
export function parseSymbolication(payload: unknown): SymbolicationJob[] {
  if (!isRecord(payload)) throw invalid('Payload is not valid JSON');
  const listed = 'jobs' in payload ? payload['jobs'] : [payload];
  if (!Array.isArray(listed)) throw invalid('jobs is not a list');
  if (listed.length === 0) throw invalid('Payload has no jobs');
  if (listed.length > mostJobs) throw invalid(`please limit number of jobs in a single request to <= ${mostJobs}`);
  const jobs = listed.map((job: unknown, index) => parseJob(job, index));
  const frames = jobs.flatMap(({ stacks }) => stacks).reduce((sum, stack) => sum + stack.length, 0);
  if (frames > mostFrames) throw invalid(`the request has more than ${mostFrames} frames`);
  return jobs;
}

function parseJob(job: unknown, index: number): SymbolicationJob {
  if (!isRecord(job)) throw invalid(`job ${index} is invalid: not an object`);
  const { memoryMap, stacks } = job;
  if (!Array.isArray(memoryMap)) throw invalid(`job ${index} is invalid: no modules specified`);
  if (!Array.isArray(stacks) || stacks.length === 0) throw invalid(`job ${index} is invalid: no stacks specified`);
  if (memoryMap.length > mostModules) throw invalid(`job ${index} has invalid modules: more than ${mostModules}`);
  const modules = memoryMap.map((module: unknown, at) =>
    parseModule(module, `job ${index} has invalid modules: module index ${at}`),
  );
  return {
    memoryMap: modules,
    stacks: stacks.map((stack: unknown, at) =>
      parseStack(stack, modules.length, `job ${index} has invalid stacks: stack ${at}`),
    ),
  };
}

function parseModule(module: unknown, place: string): MappedModule {
  const [file, id, ...more] = Array.isArray(module) ? (module as unknown[]) : [];
  if (typeof file !== 'string' || typeof id !== 'string' || more.length > 0)
    throw invalid(`${place} is not a [debug file, debug id]`);
  if (file.length > 1024 || !debugFileForm.test(file)) throw invalid(`${place} has an invalid debug_file`);
  if (id.length > 128 || !debugIdForm.test(id)) throw invalid(`${place} has an invalid debug_id`);
  return [file, id];
}

function parseStack(stack: unknown, modules: number, place: string): StackEntry[] {
  if (!Array.isArray(stack)) throw invalid(`${place} is not a list`);
  return stack.map((entry: unknown, at): StackEntry => {
    const [module, offset, ...more] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (!isWhole(module) || !isWhole(offset) || more.length > 0) {
      throw invalid(`${place} frame ${at} is not a [module index, module offset]`);
    }
    if (module < -1 || module >= modules)
      throw invalid(`${place} frame ${at} has a module index which isn't in modules`);
    if (offset < -1) throw invalid(`${place} frame ${at} has an invalid module_offset`);
    return [module, offset];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function invalid(title: string): FaultlineError {
  return new FaultlineError('Malformed', 'SYMBOLICATE_INVALID', title);
}
