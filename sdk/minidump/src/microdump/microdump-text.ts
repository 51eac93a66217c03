/**
 * Breakpad microdumps: a crash as lines of a log, which Android writes when it cannot keep a file. Each line begins
 * with a letter: V version, O system, G graphics, P process, R reason, S stack, C context, M module.
 */

/** One microdump's lines, taken apart. Strings are hostile. */
export interface Microdump {
  productVersion: string | null;
  processType: string | null;
  /** OpenGL version, vendor and renderer; null when the log says UNKNOWN. */
  gpu: { version: string; vendor: string; renderer: string } | null;
  /** A: Android, L: Linux. */
  os: string;
  architecture: string;
  processorCount: number;
  /** Machine and system version as one text. */
  osVersion: string;
  /** Signal, its name, and the address; null when the writer gave no reason. */
  reason: { signal: number; name: string; address: bigint } | null;
  stack: { pointer: bigint; start: bigint; chunks: { address: bigint; hex: string }[] } | null;
  contextHex: string;
  modules: { base: bigint; size: number; debugId: string; name: string }[];
}

/** What only a microdump says. */
export type MicrodumpFacts = Pick<Microdump, 'productVersion' | 'processType' | 'gpu'>;

const mark = /google-breakpad(?:\(\s*\d+\))?:? ?(.*)$/;
const begin = '-----BEGIN BREAKPAD MICRODUMP-----';
const end = '-----END BREAKPAD MICRODUMP-----';
const mostMicrodumps = 100;

/** All complete microdumps of a log, in order; a second BEGIN without END starts anew. */
export function findMicrodumps(log: string): Microdump[] {
  const found: Microdump[] = [];
  if (!log.includes(begin)) return found;
  let lines: string[] | null = null;
  for (const line of log.split(/\r?\n/)) {
    const text = mark.exec(line)?.[1] ?? line.trimStart();
    if (text.startsWith(begin)) lines = [];
    else if (text.startsWith(end)) {
      if (lines !== null && found.length < mostMicrodumps) found.push(parseLines(lines));
      lines = null;
    } else lines?.push(text);
  }
  return found;
}

function parseLines(lines: string[]): Microdump {
  const dump: Microdump = {
    productVersion: null,
    processType: null,
    gpu: null,
    os: '',
    architecture: '',
    processorCount: 0,
    osVersion: '',
    reason: null,
    stack: null,
    contextHex: '',
    modules: [],
  };
  for (const line of lines) readers[line.slice(0, 2)]?.(dump, line.slice(2).trimEnd());
  return dump;
}

const readers: Record<string, (dump: Microdump, text: string) => void> = {
  'V ': (dump, text) => (dump.productVersion = text),
  'P ': (dump, text) => (dump.processType = text),
  'C ': (dump, text) => (dump.contextHex = text),
  'O ': (dump, text) => {
    const [os = '', architecture = '', processors = '', ...rest] = text.split(' ');
    dump.os = os;
    dump.architecture = architecture;
    dump.processorCount = Number.parseInt(processors, 16) || 0;
    dump.osVersion = rest.slice(1).join(' ');
  },
  'G ': (dump, text) => {
    const [version = '', vendor = '', renderer = ''] = text.split('|');
    if (vendor !== '' || renderer !== '') dump.gpu = { version, vendor, renderer };
  },
  'R ': (dump, text) => {
    const [, signal = '', name = '', address = ''] = /^([0-9A-F]{1,8}) (\S+)(?: ([0-9A-F]{1,16}))?/i.exec(text) ?? [];
    if (signal !== '')
      dump.reason = { signal: Number.parseInt(signal, 16), name, address: BigInt(`0x${address || '0'}`) };
  },
  'S ': readStack,
  'M ': readModule,
};

const hexWord = '([0-9A-F]{1,16})';
const stackHead = new RegExp(`^0 ${hexWord} ${hexWord} ${hexWord}$`, 'i');
const stackChunk = new RegExp(`^${hexWord} ((?:[0-9A-F]{2})+)$`, 'i');
const moduleLine = new RegExp(`^${hexWord} ${hexWord} ${hexWord} ([0-9A-F]{32,41}) (.*)$`, 'i');

/** The first line has pointer, start and length, the others an address and bytes. */
function readStack(dump: Microdump, text: string): void {
  const [, pointer, start] = stackHead.exec(text) ?? [];
  if (pointer !== undefined && start !== undefined) {
    dump.stack = { pointer: BigInt(`0x${pointer}`), start: BigInt(`0x${start}`), chunks: [] };
    return;
  }
  const [, address, hex] = stackChunk.exec(text) ?? [];
  if (address !== undefined && hex !== undefined) dump.stack?.chunks.push({ address: BigInt(`0x${address}`), hex });
}

function readModule(dump: Microdump, text: string): void {
  const [, base, , size, debugId, name] = moduleLine.exec(text) ?? [];
  if (base === undefined || size === undefined || debugId === undefined || name === undefined) return;
  dump.modules.push({
    base: BigInt(`0x${base}`),
    size: Number.parseInt(size, 16),
    debugId: debugId.toUpperCase(),
    name,
  });
}
