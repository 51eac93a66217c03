import {
  type CpuArchitecture,
  type DumpDescription,
  type OperatingSystem,
  pointerRegisters,
  pointerSize,
} from '@faultline/minidump';
import { randomFrom } from '../fuzz/mutate.js';

const cpus: CpuArchitecture[] = ['x86', 'amd64', 'arm', 'arm64'];
const systems: OperatingSystem[] = ['Windows NT', 'Linux', 'Android', 'Mac OS X', 'iOS'];
const framePointers: Partial<Record<CpuArchitecture, string>> = { x86: 'ebp', amd64: 'rbp', arm: 'fp', arm64: 'fp' };
const stackStart = 0x7fff_0000n;

/** A dump with a random stack: words that look like code, stack, small numbers; a chain of frame pointers in it. */
export function randomDump(seed: number): DumpDescription {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const cpu = cpus[below(cpus.length)] ?? 'amd64';
  const width = pointerSize(cpu);
  const count = 20 + below(300);
  const slot = (index: number) => stackStart + BigInt(index * width);
  const code = () => 0x40_0000n + BigInt(below(0x1_2000));
  const word = () => {
    const kind = random();
    if (kind < 0.35) return slot(below(count));
    if (kind < 0.6) return code();
    if (kind < 0.7) return 0x50_0000n + BigInt(below(0x2000));
    if (kind < 0.8) return BigInt(below(5000));
    return kind < 0.9 && width === 8 ? 0x00ff_8000_0040_1000n : 0n;
  };
  const words = Array.from({ length: count }, word);
  const chain = below(8);
  for (let at = chain, next = 0; at + 22 < count; at = next) {
    next = at + 2 + below(20);
    if (random() < 0.85) words.splice(at, 2, slot(next), code());
  }
  const { instruction, stack } = pointerRegisters[cpu];
  const registers = {
    [instruction]: random() < 0.9 ? code() : word(),
    [stack]: random() < 0.95 ? slot(below(6)) : word(),
    [framePointers[cpu] ?? 'fp']: random() < 0.7 ? slot(chain) : word(),
    lr: word(),
  };
  return {
    cpu,
    os: systems[below(systems.length)] ?? 'Linux',
    modules: [
      { base: 0x40_0000n, size: 0x1_0000, name: 'app' },
      { base: 0x50_0000n, size: 0x1000, name: 'lib' },
      { base: 0x50_0800n, size: 0x1000, name: 'overlapping' },
    ],
    unloadedModules: [{ base: 0x41_0000n, size: 0x1000, name: 'gone.dll' }],
    threads: [
      { id: 1, registers, stack: { start: stackStart, words } },
      { id: 2, registers: { ...registers, [stack]: slot(4) }, stack: { start: stackStart, words } },
    ],
    exception: { threadId: 1, code: 11, flags: 1, address: word(), information: [1, word()], registers },
  };
}
