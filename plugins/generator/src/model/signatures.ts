/**
 * Kinds of crashes: what they are called, how often they come, where, and since when. Some come with one release and
 * go with a later one, some only on one system, with one graphics card or one add-on, so that there is something to find.
 */
import { Chance } from './chance.js';
import { systemNames, type SystemName } from './machines.js';
import { zipfWeights } from './weighted.js';

export interface CrashKind {
  rank: number;
  signature: string;
  weight: number;
  /** Null: on any. */
  system: SystemName | null;
  /** Adapter vendor that most of its crashes have; null for none. */
  gpuVendor: number | null;
  /** Number of an add-on that most of its crashes have; null for none. */
  addon: number | null;
  /** Days since 1970: builds of before do not have it. 0: all have it. */
  bornOn: number;
  /** Builds of this day and later do not have it; Infinity: it was never fixed. */
  fixedOn: number;
  /** Different stacks that lead to it. */
  variants: number;
  isOutOfMemory: boolean;
  isHang: boolean;
  isJava: boolean;
}

const kindCount = 20_000;

const spaces = ['paint', 'net', 'dom', 'gfx', 'media', 'storage', 'layout', 'ipc', 'script', 'audio', 'sync', 'print'];
const nouns = [
  'Frame',
  'Layer',
  'Channel',
  'Buffer',
  'Queue',
  'Surface',
  'Element',
  'Cache',
  'Stream',
  'Timer',
  'Tree',
];
const roles = ['Manager', 'Child', 'Parent', 'Service', 'Builder', 'Iterator', 'Holder', 'Loader', 'Sink', 'Map'];
const verbs = ['Update', 'Flush', 'Release', 'Resolve', 'Notify', 'Append', 'Commit', 'Decode', 'Measure', 'Destroy'];
const libraries = [
  'libkestrel.so',
  'kestrel.dll',
  'nvgfx64.dll',
  'igdrv.dll',
  'libc.so',
  'ntcore.dll',
  'skylark.dylib',
];

/** All kinds, the most frequent first. */
export function crashKinds(seed: string, first: number, last: number): CrashKind[] {
  const weights = zipfWeights(kindCount, 1.02);
  return weights.map((weight, rank) => {
    const chance = new Chance(`${seed} kind ${rank}`);
    const isOutOfMemory = chance.happens(0.03);
    const isHang = !isOutOfMemory && chance.happens(0.02);
    const system = chance.happens(0.35) ? chance.pick(systemNames) : null;
    const isJava = system === 'Android' && chance.happens(0.5);
    // A regression of these weeks, which may have been fixed since.
    const isNew = rank > 4 && chance.happens(0.12);
    const bornOn = isNew ? first + chance.below(Math.max(1, last - first)) : 0;
    const isFixed = chance.happens(0.15);
    const name = functionName(chance, rank);
    return {
      rank,
      signature: signatureOf(name, chance, { isOutOfMemory, isHang, isJava }),
      weight,
      system,
      gpuVendor: chance.happens(0.08) ? chance.below(3) : null,
      addon: chance.happens(0.06) ? chance.below(40) : null,
      bornOn,
      fixedOn: isFixed ? Math.max(bornOn, first) + 5 + chance.below(Math.max(6, last - first)) : Infinity,
      variants: Math.max(1, Math.min(40, Math.ceil(300 / (rank + 8)))) + chance.below(2),
      isOutOfMemory,
      isHang,
      isJava,
    };
  });
}

function functionName(chance: Chance, number: number): string {
  const word = (words: readonly string[]): string => words[chance.below(words.length)] ?? '';
  const space = word(spaces);
  const type = `${word(nouns)}${word(roles)}`;
  const verb = `${word(verbs)}${word(nouns)}${number.toString(36)}`;
  const template = chance.happens(0.12) ? `<${word(nouns)}*>` : '';
  return `${space}::${type}${template}::${verb}`;
}

function signatureOf(
  name: string,
  chance: Chance,
  { isOutOfMemory, isHang, isJava }: { isOutOfMemory: boolean; isHang: boolean; isJava: boolean },
): string {
  if (isOutOfMemory) return `OOM | ${chance.happens(0.5) ? 'large' : 'unknown'} | ${name}`;
  if (isHang) return `shutdownhang | ${name}`;
  if (isJava) {
    const [space = '', type = '', method = ''] = name.replace(/<.*>/, '').split('::');
    return `java.lang.IllegalStateException: at org.kestrel.${space}.${type}.${method}(${type}.java)`;
  }
  if (chance.happens(0.1)) return `${libraries[chance.below(libraries.length)]}@0x${chance.hex(6)} | ${name}`;
  return name;
}

/** The stack that a variant of a kind leaves, as proto signatures show it: up to 600 characters. */
export function protoSignature(kind: CrashKind, variant: number, seed: string): string {
  const chance = new Chance(`${seed} stack ${kind.rank} ${variant}`);
  const frames = [kind.signature.replace(/^(OOM \| \w+|shutdownhang) \| /, '')];
  let length = frames[0]?.length ?? 0;
  while (length < 560) {
    const next = functionName(chance, chance.low(4000));
    length += next.length + 3;
    frames.push(next);
  }
  return frames.join(' | ').slice(0, 600);
}
