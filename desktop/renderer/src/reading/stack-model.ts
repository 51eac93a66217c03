/**
 * The stack walker's JSON as the screens see it. Its shape is rust-minidump's with our additions under `faultline`;
 * reports from elsewhere may lack or misname anything, so nothing here trusts a type.
 */
export type Json = unknown;

export interface InlineFrame {
  function: string;
  file: string;
  line: number | null;
  /** Where the source is shown on the web; "" when nobody knows. */
  sourceLink: string;
}

export interface StackFrame {
  /** Number given by the walker; of a marker: of the frame before it. */
  number: number;
  /** "" when unknown. */
  module: string;
  function: string;
  file: string;
  line: number | null;
  /** Where the source is shown on the web; "" when nobody knows. */
  sourceLink: string;
  /** `context`, `cfi`, `frame_pointer`, `scan` ... as in the JSON. */
  trust: string;
  offset: string;
  moduleOffset: string;
  functionOffset: string;
  isMissingSymbols: boolean;
  /** Innermost first. */
  inlines: InlineFrame[];
  /** Names with values, in the walker's order; empty when the walker gave none. */
  registers: [string, string][];
  /** Modules that stood here before they were unloaded. */
  unloadedModules: string[];
  /** Set for a marker: what was left out here, in the walker's words. */
  truncated: string;
  /** Our walker's reasoning; empty when it gave none. */
  evidence: Record<string, Json>;
}

export interface StackThread {
  index: number;
  id: number | null;
  name: string;
  frames: StackFrame[];
  /** May be larger than `frames.length` when the stack was cut. */
  frameCount: number;
  lastError: string;
  isCrashing: boolean;
  /** Why the walk ended where it did, in the walker's words; "" when it did not say. */
  endReason: string;
}

export interface LoadedModule {
  filename: string;
  version: string;
  debugFile: string;
  debugId: string;
  codeId: string;
  base: string;
  end: string;
  signer: string;
  symbols: 'found' | 'missing' | 'corrupt' | 'unused';
  symbolUrl: string;
  attempts: SymbolAttemptRecord[];
}

export interface SymbolAttemptRecord {
  source: string;
  location: string;
  status: string;
  milliseconds: number;
  /** Received or read; 0 when nothing was. */
  bytes: number;
  reason: string;
}

export interface StackReport {
  status: string;
  reason: string;
  address: string;
  crashingThread: number | null;
  crashInfo: Record<string, Json>;
  system: Record<string, Json>;
  threads: StackThread[];
  modules: LoadedModule[];
  mainModule: number | null;
  unloadedModules: { filename: string; base: string; end: string; codeId: string }[];
  softErrors: string;
  /** What our walker adds. */
  faultline: Record<string, Json>;
}

const mostThreads = 10_000;
const mostFrames = 20_000;

/** Null when there is nothing like a stack walk in it. */
export function readStackReport(value: Json): StackReport | null {
  const dump = record(value);
  if (Object.keys(dump).length === 0) return null;
  const crashInfo = record(dump['crash_info']);
  const crashing = record(dump['crashing_thread']);
  const index = number(crashInfo['crashing_thread']) ?? number(crashing['threads_index']);
  const faultline = record(dump['faultline']);
  const reasoning = list(faultline['threads']);
  const threads = list(dump['threads'])
    .slice(0, mostThreads)
    .map((value, at) => {
      const isCrashing = at === index;
      const thread = isCrashing ? { ...record(value), ...present(crashing) } : record(value);
      return readThread(thread, { index: at, isCrashing, reasoning: record(reasoning[at]) });
    });
  const symbols = symbolLookups(faultline);
  return {
    status: text(dump['status']),
    reason: text(crashInfo['type']),
    address: text(crashInfo['address']),
    crashingThread: index,
    crashInfo,
    system: record(dump['system_info']),
    threads,
    modules: list(dump['modules']).map((module) => readModule(record(module), symbols)),
    mainModule: number(dump['main_module']),
    unloadedModules: list(dump['unloaded_modules']).map((one) => {
      const module = record(one);
      return {
        filename: text(module['filename']),
        base: text(module['base_addr']),
        end: text(module['end_addr']),
        codeId: text(module['code_id']),
      };
    }),
    softErrors:
      dump['soft_errors'] == null || list(dump['soft_errors']).length === 0 ? '' : compact(dump['soft_errors']),
    faultline,
  };
}

function readThread(
  thread: Record<string, Json>,
  known: { index: number; isCrashing: boolean; reasoning: Record<string, Json> },
): StackThread {
  const { index, isCrashing, reasoning } = known;
  const evidence = list(reasoning['frames']);
  const frames = list(thread['frames'])
    .slice(0, mostFrames)
    .map((frame, at) => readFrame(record(frame), at, evidence));
  return {
    index,
    id: number(thread['thread_id']),
    name: text(thread['thread_name']) || text(reasoning['thread_name']),
    frames,
    frameCount: number(thread['frame_count']) ?? frames.length,
    lastError: text(thread['last_error_value']),
    isCrashing,
    endReason: text(reasoning['end_reason']),
  };
}

function readFrame(frame: Record<string, Json>, at: number, evidence: Json[]): StackFrame {
  const index = number(frame['frame']) ?? at;
  return {
    number: index,
    module: text(frame['module']),
    function: text(frame['function']),
    file: text(frame['file']),
    line: number(frame['line']),
    sourceLink: webLink(frame['source_link']),
    trust: text(frame['trust']),
    offset: text(frame['offset']),
    moduleOffset: text(frame['module_offset']),
    functionOffset: text(frame['function_offset']),
    isMissingSymbols: frame['missing_symbols'] === true,
    inlines: list(frame['inlines']).map((one) => {
      const inline = record(one);
      return {
        function: text(inline['function']),
        file: text(inline['file']),
        line: number(inline['line']),
        sourceLink: webLink(inline['source_link']),
      };
    }),
    // Those of callers stand with our walker's reasoning.
    registers: Object.entries(record(frame['registers'] ?? record(evidence[index])['registers'])).map(
      ([name, value]) => [name, text(value)],
    ),
    unloadedModules: list(frame['unloaded_modules']).map((one) => text(record(one)['module'])),
    truncated: text(record(frame['truncated'])['msg']),
    evidence: record(evidence[index]),
  };
}

/** The server makes these links, but reports come from elsewhere too: nothing that runs when it is clicked. */
function webLink(value: Json): string {
  const address = text(value);
  return /^https?:\/\//i.test(address) ? address : '';
}

function readModule(module: Record<string, Json>, lookups: Map<string, Json[]>): LoadedModule {
  const attempts = lookups.get(lookupKey(module['filename'], module['debug_id'])) ?? [];
  const symbols =
    module['corrupt_symbols'] === true
      ? 'corrupt'
      : module['loaded_symbols'] === true
        ? 'found'
        : module['missing_symbols'] === true
          ? 'missing'
          : 'unused';
  return {
    filename: text(module['filename']),
    version: text(module['version']),
    debugFile: text(module['debug_file']),
    debugId: text(module['debug_id']),
    codeId: text(module['code_id']),
    base: text(module['base_addr']),
    end: text(module['end_addr']),
    signer: text(module['cert_subject']),
    symbols,
    symbolUrl: text(module['symbol_url']),
    attempts: attempts.map((one) => {
      const attempt = record(one);
      return {
        source: text(attempt['source']),
        location: text(attempt['location']),
        status: text(attempt['status']),
        milliseconds: number(attempt['milliseconds']) ?? 0,
        bytes: number(attempt['bytes']) ?? 0,
        reason: text(attempt['reason']),
      };
    }),
  };
}

/** Places tried, by module name and debug id. */
function symbolLookups(faultline: Record<string, Json>): Map<string, Json[]> {
  return new Map(
    list(faultline['symbols']).map((value) => {
      const lookup = record(value);
      return [lookupKey(lookup['module'], lookup['debug_id']), list(lookup['attempts'])];
    }),
  );
}

function lookupKey(module: Json, debugId: Json): string {
  return `${text(module)}\n${text(debugId)}`;
}

/** Without the keys that hold nothing, so that they don't hide what another record knows. */
function present(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one != null));
}

export function record(value: Json): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};
}

export function list(value: Json): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

export function text(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function number(value: Json): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function compact(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
