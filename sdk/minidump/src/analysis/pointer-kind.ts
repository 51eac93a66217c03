import type { AbsoluteAddress } from '@faultline/sdk/units';
import { pointerSize } from '../model/cpu.js';
import { isInNonCanonicalRange } from './adjusted-address.js';
import type { CrashFacts } from './crash-facts.js';
import type { PoisonedValue } from './poison.js';
import { poisonOf } from './poison.js';
import type { RegionMap } from './region-map.js';
import { isAccessible } from './region-map.js';

/** What a register's value points to, if it is a pointer. */
export type PointerKind =
  | { kind: 'null' }
  /** Below 64 KiB: a null pointer's field, a small number or a flag. */
  | { kind: 'small' }
  | { kind: 'poison'; poison: PoisonedValue }
  | { kind: 'module'; module: string; offset: bigint }
  | { kind: 'stack'; threadIndex: number }
  | { kind: 'heap' }
  /** Executable memory of no module: code made at run time. */
  | { kind: 'generated-code' }
  /** Mapped memory of another kind, with its name where the system gives one. */
  | { kind: 'mapped'; name: string }
  /** Mapped without permissions: reserved or a guard. */
  | { kind: 'inaccessible' }
  | { kind: 'kernel' }
  | { kind: 'non-canonical' }
  /** Nothing is mapped there. */
  | { kind: 'unmapped' }
  /** The dump says nothing of its address space. */
  | { kind: 'unknown' };

type Facts = Pick<CrashFacts, 'cpu' | 'os' | 'modules' | 'stacks'>;

const smallest = 0x1_0000n;

export function classifyPointer(facts: Facts, regions: RegionMap | null, value: AbsoluteAddress): PointerKind {
  if (value === 0n) return { kind: 'null' };
  if (value < smallest) return { kind: 'small' };
  const module = facts.modules.moduleAt(value);
  if (module !== null) return { kind: 'module', module: leafName(module.codeFile), offset: value - module.base };
  const stack = facts.stacks.find(({ start, end }) => value >= start && value < end);
  if (stack !== undefined) return { kind: 'stack', threadIndex: stack.threadIndex };
  const region = regions?.regionAt(value) ?? null;
  if (region !== null && region.isCommitted) {
    if (!isAccessible(region)) return { kind: 'inaccessible' };
    if (region.isExecutable) return { kind: 'generated-code' };
    if (region.name === '[heap]' || (region.name === '' && region.isWritable)) return { kind: 'heap' };
    return { kind: 'mapped', name: region.name };
  }
  // Only what nothing is mapped at: an address may look like poison by chance.
  const poison = poisonOf(value, pointerSize(facts.cpu));
  if (poison !== null) return { kind: 'poison', poison };
  if (facts.cpu === 'amd64' && isInNonCanonicalRange(value)) return { kind: 'non-canonical' };
  if (isKernelAddress(facts, value)) return { kind: 'kernel' };
  return { kind: regions === null || regions.regions.length === 0 ? 'unknown' : 'unmapped' };
}

function isKernelAddress({ cpu, os }: Facts, value: AbsoluteAddress): boolean {
  if (cpu === 'amd64') return value >= 0xffff_8000_0000_0000n;
  if (cpu === 'arm64') return value >= 0xffff_0000_0000_0000n;
  if (cpu !== 'x86') return false;
  return os === 'Windows NT' ? value >= 0x8000_0000n : value >= 0xc000_0000n;
}

/** Name of a file without its folders, on either kind of system. */
export function leafName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
