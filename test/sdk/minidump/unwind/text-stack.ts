import type { ModuleSymbols } from '../../../../sdk/contracts/src/module-symbols.js';
import type { CpuArchitecture } from '../../../../sdk/minidump/src/model/cpu.js';
import { pointerSize } from '../../../../sdk/minidump/src/model/cpu.js';
import type { WalkedFrame } from '../../../../sdk/minidump/src/model/frame.js';
import type { MemoryBlock } from '../../../../sdk/minidump/src/model/memory-block.js';
import type { ModuleRecord } from '../../../../sdk/minidump/src/model/module-record.js';
import type { UnwindLimits, UnwindSummary } from '../../../../sdk/minidump/src/unwind/index.js';
import { defaultUnwindLimits, ModuleMap, unwindThread } from '../../../../sdk/minidump/src/unwind/index.js';
import { textSymbols } from './text-symbols.js';

/** A picture of a stack in memory, with the addresses of its labelled words. */
export interface TextStack {
  block: MemoryBlock;
  at(label: string): bigint;
}

/**
 * Builds a stack from a picture, lowest address first, one word a line: `label: value // remark`. A value is a
 * number, `@label` or `@label+8` for the address of a labelled word, or `fill N` for N words of 0.
 *
 * ```
 * sp:  0x11           // a local
 *      @fp            // saved frame pointer
 *      0x400110       // return address
 * fp:  0
 * ```
 */
function textStack(
  picture: string,
  options: { start?: bigint; wordBytes?: 4 | 8; littleEndian?: boolean } = {},
): TextStack {
  const { start = 0x8000_0000n, wordBytes = 8, littleEndian = true } = options;
  const labels = new Map<string, bigint>();
  const words: string[] = [];
  for (const raw of picture.split('\n')) {
    const line = raw.replace(/\/\/.*/, '').trim();
    if (line === '') continue;
    const [, label, value = ''] = /^(?:(\w+):)?\s*(.*)$/.exec(line) ?? [];
    if (label !== undefined) labels.set(label, start + BigInt(words.length * wordBytes));
    const filled = /^fill (\d+)$/.exec(value);
    if (filled !== null) words.push(...Array.from({ length: Number(filled[1]) }, () => '0'));
    else if (value !== '') words.push(value);
  }
  const at = (label: string): bigint => {
    const address = labels.get(label);
    if (address === undefined) throw new Error(`The picture has no label ${label}`);
    return address;
  };
  const bytes = new Uint8Array(words.length * wordBytes);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    const value = valueOf(word, at);
    if (wordBytes === 8) view.setBigUint64(index * 8, BigInt.asUintN(64, value), littleEndian);
    else view.setUint32(index * 4, Number(BigInt.asUintN(32, value)), littleEndian);
  });
  return { block: { start, bytes, littleEndian }, at };
}

function valueOf(word: string, at: (label: string) => bigint): bigint {
  const reference = /^@(\w+)([+-]\d+)?$/.exec(word);
  if (reference === null) return BigInt(word);
  return at(reference[1] as string) + BigInt(reference[2] ?? 0);
}

export interface TextModule {
  name?: string;
  base: bigint;
  size?: number;
  /** `.sym` lines, or symbols of another kind; absent: the module has no symbols. */
  symbols?: string | ModuleSymbols;
}

export function moduleRecord(module: TextModule, index = 0): ModuleRecord {
  return {
    index,
    base: module.base,
    size: module.size ?? 0x10000,
    codeFile: module.name ?? `module${String(index)}`,
    codeId: '',
    debugFile: module.name ?? `module${String(index)}`,
    debugId: '',
    version: null,
    timestamp: 0,
    checksum: 0,
  };
}

export interface TextWalk {
  cpu: CpuArchitecture;
  os?: string;
  /** Values, or `@label` for the address of a word of the stack. */
  registers: Record<string, bigint | string>;
  stack: string | null;
  start?: bigint;
  littleEndian?: boolean;
  modules: TextModule[];
  isExecutable?: (address: bigint) => boolean;
  limits?: Partial<UnwindLimits>;
  signal?: AbortSignal;
  now?: () => number;
  /** Told of every module whose symbols are asked for. */
  onSymbols?: (name: string) => void;
}

export interface WalkResult {
  frames: WalkedFrame[];
  summary: UnwindSummary;
  at(label: string): bigint;
}

/** Walks the stack of a picture to its end. */
export async function walkText(walk: TextWalk): Promise<WalkResult> {
  const wordBytes = pointerSize(walk.cpu);
  const stack = textStack(walk.stack ?? '', { start: walk.start, wordBytes, littleEndian: walk.littleEndian });
  const records = walk.modules.map((module, index) => moduleRecord(module, index));
  const symbols = walk.modules.map((module) =>
    typeof module.symbols === 'string' ? textSymbols(module.symbols) : (module.symbols ?? null),
  );
  const registers = new Map(
    Object.entries(walk.registers).map(([name, value]) => [
      name,
      typeof value === 'string' ? valueOf(value, (label) => stack.at(label)) : value,
    ]),
  );
  const walking = unwindThread({
    cpu: walk.cpu,
    os: walk.os ?? 'Linux',
    context: { cpu: walk.cpu, registers },
    stack: walk.stack === null ? null : stack.block,
    modules: new ModuleMap(records),
    symbols: (module) => {
      walk.onSymbols?.(module.codeFile);
      return symbols[module.index] ?? null;
    },
    ...(walk.isExecutable && { isExecutable: walk.isExecutable }),
    limits: { ...defaultUnwindLimits, ...walk.limits },
    signal: walk.signal,
    now: walk.now,
  });
  const frames: WalkedFrame[] = [];
  for (;;) {
    const next = await walking.next();
    if (next.done === true) return { frames, summary: next.value, at: (label) => stack.at(label) };
    frames.push(next.value);
  }
}

/** `trust resume-address` of each frame: the shortest picture of a walk. */
export function outline(frames: readonly WalkedFrame[]): string[] {
  return frames.map((frame) => `${frame.trust} 0x${frame.resumeAddress.toString(16)}`);
}
