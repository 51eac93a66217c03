/** Crashes for search benches: the shape of a busy server, the same for the same seed. */
import type { FieldDefinition, ProcessedCrash } from '@faultline/sdk';

const day = 86_400_000;

function field(id: string, type: FieldDefinition['type']): FieldDefinition {
  return { id, title: id, type, description: '', permission: 'public' };
}

const extraTexts = 24;
const extraNumbers = 16;

/** Sixty fields: names, versions, unique ids and addresses, proto signatures, module lists, comments, numbers. */
export const benchFields: readonly FieldDefinition[] = [
  field('signature', 'string'),
  field('proto_signature', 'string'),
  field('product', 'keyword'),
  field('version', 'keyword'),
  field('release_channel', 'keyword'),
  field('process_type', 'keyword'),
  field('os_name', 'keyword'),
  field('os_version', 'keyword'),
  field('cpu_arch', 'keyword'),
  field('reason', 'keyword'),
  field('address', 'keyword'),
  field('install', 'keyword'),
  field('build', 'integer'),
  field('uptime', 'integer'),
  field('startup_crash', 'boolean'),
  field('install_date', 'date'),
  field('modules_in_stack', 'list'),
  field('addons', 'list'),
  field('user_comments', 'string'),
  field('url', 'string'),
  ...Array.from({ length: extraTexts }, (_, index) => field(`text_${index}`, 'keyword')),
  ...Array.from({ length: extraNumbers }, (_, index) => field(`number_${index}`, 'integer')),
];

/** Mulberry32. */
function fractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` crashes over `days` days that end at `end`, day by day. */
export function* generatedCrashes(count: number, days: number, end: number, seed = 1): Generator<ProcessedCrash> {
  const random = fractions(seed);
  const names = signatureNames(20_000, random);
  const zipf = zipfPicker(names.length, random);
  for (let index = 0; index < count; index++) {
    const dayOfIndex = Math.floor((index * days) / count);
    const time = end - (days - dayOfIndex) * day + Math.floor(random() * day);
    yield crash(time, names[zipf()] ?? '', random);
  }
}

function crash(time: number, signature: string, random: () => number): ProcessedCrash {
  const below = (count: number) => Math.floor(random() * random() * count);
  const sometimes = (part: number) => random() < part;
  const stamp = new Date(time).toISOString();
  const document: ProcessedCrash = {
    crash_id: idAt(time, random),
    status: 'complete',
    submitted_timestamp: stamp,
    started_datetime: stamp,
    completed_datetime: stamp,
    signature,
    proto_signature: `${signature} | ${names(below(40), 12)}`.slice(0, 600),
    product: ['Fenix', 'Firefox', 'Focus', 'Thunderbird', 'Klar'][below(5)] ?? '',
    version: `${100 + below(40)}.0.${below(5)}`,
    release_channel: ['release', 'beta', 'nightly', 'esr'][below(4)] ?? '',
    process_type: ['parent', 'content', 'gpu', 'utility'][below(4)] ?? '',
    os_name: ['Windows NT', 'Android', 'Linux', 'Mac OS X'][below(4)] ?? '',
    os_version: `10.0.${19_000 + below(60)}`,
    cpu_arch: ['amd64', 'arm64', 'x86'][below(3)] ?? '',
    reason: `SIGSEGV / CODE_${below(60)}`,
    address: `0x${Math.floor(random() * 2 ** 47)
      .toString(16)
      .padStart(16, '0')}`,
    install: below(200_000).toString(16),
    build: 20_260_000 + below(400),
    uptime: below(100_000),
    modules_in_stack: Array.from({ length: 3 + below(10) }, () => `lib${below(400)}.so/${below(3)}`),
  };
  if (sometimes(0.1)) document['startup_crash'] = true;
  if (sometimes(0.8)) document['install_date'] = new Date(time - below(400) * day).toISOString();
  if (sometimes(0.5)) document['addons'] = Array.from({ length: 8 }, () => `addon-${below(500)}@example.org`);
  if (sometimes(0.1)) document['user_comments'] = `It crashed ${names(below(500), 8)} ${below(1e6)}`;
  if (sometimes(0.3)) document['url'] = `https://example.org/${below(50_000)}`;
  for (let index = 0; index < extraTexts; index++) {
    if (sometimes(0.3 + index * 0.025)) document[`text_${index}`] = `value ${below(4 << (index % 12))}`;
  }
  for (let index = 0; index < extraNumbers; index++) {
    if (sometimes(0.3 + index * 0.04)) document[`number_${index}`] = below(4 << (index * 1.5));
  }
  return document;
}

function idAt(time: number, random: () => number): string {
  const hex = (length: number) => {
    let text = '';
    while (text.length < length)
      text += Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, length);
  };
  const date = new Date(time).toISOString().slice(2, 10).replaceAll('-', '');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(5)}0${date}`;
}

const syllables = ['On', 'Message', 'Layer', 'Paint', 'Decode', 'Frame', 'Task', 'Run', 'Queue', 'Alloc', 'Gc', 'Ipc'];

function names(start: number, count: number): string {
  const parts = Array.from({ length: count }, (_, index) => {
    const number = start * 7 + index * 13;
    return `${syllables[number % 12]}${syllables[(number >> 2) % 12]}::${syllables[(number >> 4) % 12]}`;
  });
  return parts.join(' | ');
}

function signatureNames(count: number, random: () => number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const word = () => syllables[Math.floor(random() * syllables.length)] ?? '';
    return `${word().toLowerCase()}::${word()}${word()}::${word()}${index.toString(36)}`;
  });
}

/** Rank r comes about 1/r as often as the first. */
function zipfPicker(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1) ** 0.9;
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
