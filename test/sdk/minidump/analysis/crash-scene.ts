import type { CrashAnalysis, CrashFacts, RegionFacts } from '../../../../sdk/minidump/src/analysis/index.js';
import { analyzeCrash } from '../../../../sdk/minidump/src/analysis/index.js';
import { pointerRegisters } from '../../../../sdk/minidump/src/model/cpu-context.js';
import type { CpuArchitecture } from '../../../../sdk/minidump/src/model/cpu.js';
import type { WalkedFrame } from '../../../../sdk/minidump/src/model/frame.js';
import { ModuleMap } from '../../../../sdk/minidump/src/unwind/index.js';
import { moduleRecord, type TextModule } from '../unwind/text-stack.js';

/** A crash in few words; what is left out is ordinary: Linux on amd64, standing at 0x401000 in `app`. */
export interface CrashScene {
  cpu?: CpuArchitecture;
  os?: string;
  type: string;
  address: bigint;
  /** Hex of the code at the instruction pointer. */
  code?: string;
  registers?: Record<string, bigint>;
  /** `start-end rwx name` a line, as in /proc/self/maps. */
  maps?: string;
  modules?: TextModule[];
  /** Words of memory by address. */
  memory?: Record<string, bigint>;
  frames?: WalkedFrame[];
}

export const stackStart = 0x7ffd_0000_0000n;
const stackEnd = 0x7ffd_0001_0000n;

function regionsOf(maps: string): RegionFacts[] {
  return maps
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [range = '', rights = '', name = ''] = line.split(/\s+/);
      const [start = '0', end = '0'] = range.split('-');
      return {
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        isReadable: rights.includes('r'),
        isWritable: rights.includes('w'),
        isExecutable: rights.includes('x'),
        isCommitted: true,
        isGuard: false,
        name,
      };
    });
}

export function analyzeScene(scene: CrashScene): Promise<CrashAnalysis> {
  const { cpu = 'amd64', os = 'Linux' } = scene;
  const { instruction, stack } = pointerRegisters[cpu];
  const registers = new Map<string, bigint>(
    Object.entries({ [instruction]: 0x40_1000n, [stack]: stackStart + 0x8000n, ...scene.registers }),
  );
  const code = scene.code?.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? null;
  const start = registers.get(instruction) ?? 0n;
  const modules = scene.modules ?? [{ name: '/bin/app', base: 0x40_0000n, size: 0x1_0000 }];
  const facts: CrashFacts = {
    cpu,
    os,
    exception: { type: scene.type, address: scene.address },
    context: { cpu, registers },
    code: code === null ? null : { start, bytes: Uint8Array.from(code), littleEndian: true },
    readWord: (address) => scene.memory?.[`0x${address.toString(16)}`] ?? null,
    regions: scene.maps === undefined ? null : regionsOf(scene.maps),
    modules: new ModuleMap(modules.map((module, index) => moduleRecord(module, index))),
    stacks: [{ threadIndex: 0, start: stackStart, end: stackEnd }],
    crashingThread: 0,
    frames: scene.frames ?? [frame(0, start)],
  };
  return analyzeCrash(facts);
}

/** A frame of a named function, or of none. */
export function frame(index: number, instruction: bigint, name?: string): WalkedFrame {
  const module = moduleRecord({ name: '/bin/app', base: 0x40_0000n, size: 0x1_0000 });
  return {
    index,
    instruction,
    resumeAddress: instruction,
    trust: index === 0 ? 'context' : 'cfi',
    context: { cpu: 'amd64', registers: new Map() },
    module: instruction >= module.base && instruction < module.base + 0x1_0000n ? module : null,
    symbol:
      name === undefined
        ? null
        : {
            function: name,
            functionAddress: [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 0x10000,
            functionSize: 16,
            parameterSize: 0,
            source: 'func',
            isFolded: false,
            file: null,
            line: null,
            inlines: [],
          },
    evidence: { tried: [], returnAddressSlot: null },
  };
}
