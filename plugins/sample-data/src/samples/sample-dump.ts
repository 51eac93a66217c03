import { pointerRegisters, pointerSize, writeMinidump, type RegisterValues } from '@faultline/minidump';
import { moduleSize, frameSize, type AddressPlan, type PlannedModule } from './address-plan.js';
import type { SampleCrash } from './sample.js';

/** Where stacks of samples begin. */
const stackStart = { wide: 0x7ffd_0000_1000n, narrow: 0x0012_f000n };

export interface DumpFacts {
  /** Seconds since 1970. */
  crashTime: number;
  /** Seconds that the process had run. */
  uptime: number;
  processId: number;
}

/** The minidump of one sample report. */
export async function sampleDump(sample: SampleCrash, plan: AddressPlan, facts: DumpFacts): Promise<Uint8Array> {
  const modules = sample.modules.map((module, index) => {
    const fileName = module.path.split(/[\\/]/).at(-1) ?? '';
    return { planned: plan.module(sample, fileName), base: baseOf(sample, index) };
  });
  const addresses = sample.stack.map((frame) => {
    const at = modules.find(({ planned }) => planned.fileName === frame.module);
    return (at?.base ?? 0n) + BigInt(plan.offsetOf(sample, frame));
  });
  const isWide = pointerSize(sample.cpu) === 8;
  const start = isWide ? stackStart.wide : stackStart.narrow;
  const { instruction, stack } = pointerRegisters[sample.cpu];
  const pc = addresses[0] ?? 0n;
  const registers: RegisterValues = { ...sample.registers, [instruction]: pc, [stack]: start };
  const [majorVersion, minorVersion, buildNumber] = sample.osVersion;
  return writeMinidump({
    os: sample.os,
    cpu: sample.cpu,
    timestamp: facts.crashTime,
    system: {
      majorVersion,
      minorVersion,
      buildNumber,
      processorCount: 8,
      ...(sample.cpu === 'arm64' ? {} : { vendor: 'GenuineIntel', processorLevel: 6, processorRevision: 0x9e0a }),
    },
    modules: modules.map(({ planned, base }) => moduleOf(planned, base)),
    threads: [
      ...sample.otherThreads.map((name, index) => ({
        id: 1001 + index,
        name,
        registers: {
          [instruction]: (modules.at(-1)?.base ?? 0n) + 0x1000n,
          [stack]: start + BigInt((index + 1) * 0x10000),
        },
        stack: { start: start + BigInt((index + 1) * 0x10000), words: [0n, 0n, 0n, 0n] },
      })),
      { id: 1000, name: sample.thread, registers, stack: { start, words: stackWords(sample, addresses) } },
    ],
    exception: {
      threadId: 1000,
      code: sample.exception.code,
      flags: sample.exception.flags ?? 0,
      address: sample.os === 'Windows NT' ? pc : sample.exception.address,
      information: sample.exception.information ?? [],
      registers,
    },
    memory: sample.code === undefined ? [] : [{ start: pc, contents: Uint8Array.from(sample.code) }],
    miscInfo: { version: 2, processId: facts.processId, createTime: facts.crashTime - facts.uptime },
    ...(sample.distribution === undefined ? {} : { linux: { lsbRelease: `PRETTY_NAME="${sample.distribution}"\n` } }),
  });
}

/** Frames of equal size; the return address is the last word of each. */
function stackWords(sample: SampleCrash, addresses: bigint[]): bigint[] {
  const wordsPerFrame = frameSize(sample.cpu) / pointerSize(sample.cpu);
  const words: bigint[] = [];
  for (const address of [...addresses.slice(1), 0n]) words.push(...Array<bigint>(wordsPerFrame - 1).fill(0n), address);
  return words;
}

function baseOf(sample: SampleCrash, index: number): bigint {
  const first = pointerSize(sample.cpu) === 8 ? 0x7ff6_0000_0000n : 0x0040_0000n;
  return first + BigInt(index * moduleSize * 4);
}

function moduleOf({ sample, debugId, os }: PlannedModule, base: bigint) {
  const codeView =
    os === 'Linux'
      ? ({ kind: 'elf', buildId: buildIdOf(debugId) } as const)
      : ({ kind: 'pdb70', debugId, path: sample.debugFile } as const);
  return {
    base,
    size: moduleSize,
    name: sample.path,
    codeView,
    ...(sample.version ? { version: sample.version } : {}),
  };
}

/** The build id whose first 16 bytes, read as a little-endian GUID, give the debug id. */
function buildIdOf(debugId: string): string {
  const swap = (from: number, to: number) => (debugId.slice(from, to).match(/../g) ?? []).reverse().join('');
  return `${swap(0, 8)}${swap(8, 12)}${swap(12, 16)}${debugId.slice(16, 32)}deadbeef`.toLowerCase();
}
