/** One processed crash as the rules would have left it: the fields of the dictionary, 5 to 70 in a hundred missing. */
import type { JsonValue, ProcessedCrash } from '@faultline/sdk';
import type { Chance } from './chance.js';
import { gpuOf, processorOf, systemNamed, systemOf, type Processor, type System } from './machines.js';
import type { Release } from './releases.js';
import type { CrashKind } from './signatures.js';

export interface CrashFacts {
  id: string;
  /** UTC milliseconds. */
  time: number;
  release: Release;
  kind: CrashKind;
  system: System;
  protoSignature: string;
}

const locales = ['en-US', 'de', 'fr', 'es-ES', 'pt-BR', 'ru', 'pl', 'it', 'zh-CN', 'ja', 'nl', 'tr'] as const;
const reasons: Record<System['name'], readonly [string, ...string[]]> = {
  'Windows NT': [
    'EXCEPTION_ACCESS_VIOLATION_READ',
    'EXCEPTION_ACCESS_VIOLATION_WRITE',
    'EXCEPTION_BREAKPOINT',
    'EXCEPTION_STACK_OVERFLOW',
    'EXCEPTION_ILLEGAL_INSTRUCTION',
    'STATUS_HEAP_CORRUPTION',
  ],
  'Mac OS X': ['EXC_BAD_ACCESS / KERN_INVALID_ADDRESS', 'EXC_CRASH / SIGABRT', 'EXC_BREAKPOINT / EXC_ARM_BREAKPOINT'],
  Linux: ['SIGSEGV / SEGV_MAPERR', 'SIGABRT', 'SIGILL / ILL_ILLOPN', 'SIGBUS / BUS_ADRERR', 'SIGTRAP'],
  Android: ['SIGSEGV / SEGV_MAPERR', 'SIGSEGV / SEGV_ACCERR', 'SIGABRT', 'SIGTRAP', 'SIGBUS / BUS_ADRALN'],
};
const threads = [
  'MainThread',
  'Compositor',
  'Renderer',
  'Socket Thread',
  'MediaDecoder',
  'DOM Worker',
  'IPC I/O',
] as const;
const openings = [
  'It closed',
  'Crashed',
  'The window froze',
  'Lost my tabs',
  'Black screen',
  'Nothing happened',
] as const;
const moments = ['while I was watching a video', 'after the update', 'when printing', 'again', 'on waking up'] as const;
const phones = ['Pixel 8', 'Galaxy S23', 'Galaxy A14', 'Redmi Note 12', 'Moto G54', 'Xperia 10', 'Nord 3'] as const;
const sites = 30_000;
const installs = 240_000;

export function crashDocument(facts: CrashFacts, chance: Chance): ProcessedCrash {
  const { id, time, release, kind, system, protoSignature } = facts;
  const stamp = new Date(time).toISOString();
  const uptime = chance.magnitude(400_000);
  const crashTime = Math.floor(time / 1000) - chance.magnitude(4000);
  const document: ProcessedCrash = {
    // What a crash may lack: objects of a thousand shapes are made, read and written at half the speed of one.
    proto_signature: undefined,
    modules: undefined,
    cpu_info: undefined,
    cpu_microcode_version: undefined,
    adapter_driver_version: undefined,
    adapter_subsys_id: undefined,
    total_physical_memory: undefined,
    available_physical_memory: undefined,
    system_memory_use_percentage: undefined,
    total_virtual_memory: undefined,
    available_virtual_memory: undefined,
    total_page_file: undefined,
    available_page_file: undefined,
    install_time: undefined,
    install_age: undefined,
    last_crash: undefined,
    reason: undefined,
    address: undefined,
    crashing_thread: undefined,
    crashing_thread_name: undefined,
    thread_count: undefined,
    last_error_value: undefined,
    oom_allocation_size: undefined,
    abort_message: undefined,
    hang: undefined,
    topmost_filenames: undefined,
    modules_in_stack: undefined,
    missing_symbols: undefined,
    possible_bit_flips_max_confidence: undefined,
    crash_inconsistencies: undefined,
    minidump_sha256_hash: undefined,
    additional_minidumps: undefined,
    throttleable: undefined,
    java_stack_trace: undefined,
    app_notes: undefined,
    windows_error_reporting: undefined,
    addons: undefined,
    useragent_locale: undefined,
    url: undefined,
    user_comments: undefined,
    android_model: undefined,
    android_manufacturer: undefined,
    android_brand: undefined,
    android_version: undefined,
    android_cpu_abi: undefined,
    android_hardware: undefined,
    android_fingerprint: undefined,
    os_name: undefined,
    os_version: undefined,
    os_pretty_version: undefined,
    cpu_arch: undefined,
    cpu_count: undefined,
    adapter_vendor_id: undefined,
    adapter_device_id: undefined,
    report_type: undefined,
    crash_id: id,
    status: chance.happens(0.97) ? 'complete' : 'partial',
    submitted_timestamp: stamp,
    started_datetime: stamp,
    completed_datetime: new Date(time + 400 + chance.magnitude(4000)).toISOString(),
    date_processed: stamp,
    signature: kind.signature,
    product: release.product.name,
    version: release.version,
    major_version: release.major,
    build: release.build,
    release_channel: release.channel,
    vendor: release.product.vendor,
    process_type: kind.isJava ? 'parent' : (['parent', 'content', 'gpu', 'utility'][chance.low(4)] ?? 'parent'),
    install: installId(chance.low(installs)),
    uptime,
    crash_time: crashTime,
    client_crash_date: new Date(crashTime * 1000).toISOString(),
    startup_time: crashTime - uptime,
    mdsw_status_string: 'OK',
    stackwalk_version: 'faultline 0.1.0',
  };
  const add = (field: string, part: number, value: () => JsonValue): void => {
    if (chance.happens(part)) document[field] = value();
  };
  add('proto_signature', 0.93, () => protoSignature);
  add('modules', 0.45, () => moduleNames(kind, system, chance));
  addMachine(document, { facts, processor: processorOf(chance, system) }, chance, add);
  addCrash(document, facts, chance, add);
  addPerson(chance, add);
  if (system.name === 'Android') addPhone(system, chance, add);
  return document;
}

type Add = (field: string, part: number, value: () => JsonValue) => void;

function addMachine(
  document: ProcessedCrash,
  { facts: { system, kind, release }, processor }: { facts: CrashFacts; processor: Processor },
  chance: Chance,
  add: Add,
): void {
  document['os_name'] = system.name;
  document['os_version'] = system.version;
  document['os_pretty_version'] = system.pretty;
  document['cpu_arch'] = processor.arch;
  document['cpu_count'] = processor.count;
  add('cpu_info', 0.92, () => processor.info);
  add('cpu_microcode_version', system.name === 'Windows NT' ? 0.6 : 0, () => `0x${(chance.low(80) * 3).toString(16)}`);
  if (chance.happens(0.9)) {
    const gpu = gpuOf(chance, kind.gpuVendor !== null && chance.happens(0.85) ? kind.gpuVendor : null);
    document['adapter_vendor_id'] = gpu.vendor;
    document['adapter_device_id'] = gpu.device;
    add('adapter_driver_version', 0.8, () => gpu.driver);
    add('adapter_subsys_id', 0.5, () => gpu.subsystem);
  }
  const total = 2 ** 30 * chance.pick([2, 4, 8, 8, 16, 16, 32]) - chance.low(64) * 65_536;
  const free = Math.floor(total * (kind.isOutOfMemory ? 0.02 : 0.1 + chance.fraction() * 0.6));
  const granule = (size: number): number => Math.floor(size / 2 ** 20) * 2 ** 20;
  add('total_physical_memory', 0.95, () => total);
  add('available_physical_memory', 0.9, () => granule(free));
  add('system_memory_use_percentage', 0.75, () => 100 - Math.floor((100 * free) / total));
  add('total_virtual_memory', 0.6, () => 2 ** 47 - 65_536);
  add('available_virtual_memory', 0.6, () => 2 ** 47 - granule(chance.magnitude(2 ** 40)));
  add('total_page_file', 0.55, () => granule(total * 1.5));
  add('available_page_file', 0.55, () => granule(free * 1.5));
  add('install_time', 0.85, () => release.day * 86_400 + chance.low(40) * 3600);
  add('install_age', 0.85, () => chance.magnitude(9_000_000));
  add('last_crash', 0.4, () => chance.magnitude(4_000_000));
}

function addCrash(document: ProcessedCrash, { kind, system }: CrashFacts, chance: Chance, add: Add): void {
  document['report_type'] = kind.isHang ? 'hang' : 'crash';
  add('reason', kind.isJava ? 0 : 0.95, () => chance.pick(reasons[system.name]));
  add('address', kind.isJava ? 0 : 0.95, () => addressOf(chance));
  add('crashing_thread', 0.95, () => chance.low(30));
  add('crashing_thread_name', 0.7, () => chance.pick(threads));
  add('thread_count', 0.93, () => 20 + chance.low(140));
  add('last_error_value', system.name === 'Windows NT' ? 0.6 : 0, () => `ERROR_CODE_${chance.low(30)}`);
  add('oom_allocation_size', kind.isOutOfMemory ? 0.8 : 0, () => chance.magnitude(2 ** 30));
  add('abort_message', 0.06, () => `assertion ${chance.low(300)} failed: length < capacity`);
  add('hang', kind.isHang ? 1 : 0, () => 1);
  add(
    'topmost_filenames',
    0.8,
    () => `src/${kind.signature.split('::')[0]?.slice(-8) ?? 'core'}/file${kind.rank % 997}.cpp`,
  );
  add('modules_in_stack', 0.9, () => `kestrel.dll/${1 + (kind.rank % 3)};system.dll/2;runtime.dll/${chance.low(4)}`);
  add('missing_symbols', 0.5, () => `driver${chance.low(40)}.dll`);
  add('possible_bit_flips_max_confidence', 0.03, () => chance.below(100));
  add('crash_inconsistencies', 0.05, () =>
    ['CrashingAddressNotAccessed', 'NonCanonicalAddress'].slice(chance.below(2)),
  );
  add('minidump_sha256_hash', 0.3, () => chance.hex(64));
  add('additional_minidumps', 0.06, () => ['upload_file_minidump_browser']);
  add('throttleable', 0.6, () => true);
  add(
    'java_stack_trace',
    kind.isJava ? 1 : 0,
    () => `${kind.signature}\n\tat org.kestrel.Main.run(Main.java:${kind.rank})`,
  );
  add('app_notes', 0.45, () => `adapter ${chance.low(60)}? features ${chance.low(200).toString(2)}`);
  add('windows_error_reporting', system.name === 'Windows NT' ? 0.1 : 0, () => true);
  add('addons', 0.5, () => addonNames(kind, chance));
}

function addPerson(chance: Chance, add: Add): void {
  add('useragent_locale', 0.9, () => locales[chance.low(locales.length)] ?? 'en-US');
  add('url', 0.3, () => `https://site${chance.low(sites)}.example/${chance.low(40)}`);
  add('user_comments', 0.05, () => {
    const count = chance.low(30);
    return `${chance.pick(openings)} ${chance.pick(moments)}, ${count} times today. Ticket ${chance.below(1_000_000)}.`;
  });
}

function addPhone(system: System, chance: Chance, add: Add): void {
  const number = chance.low(phones.length);
  const model = phones[number] ?? phones[0];
  const maker = ['Google', 'samsung', 'samsung', 'Xiaomi', 'motorola', 'Sony', 'OnePlus'][number] ?? 'Google';
  add('android_model', 0.95, () => model);
  add('android_manufacturer', 0.95, () => maker);
  add('android_brand', 0.9, () => maker.toLowerCase());
  add('android_version', 0.95, () => `${15 + Number(system.version)} (REL)`);
  add('android_cpu_abi', 0.95, () => 'arm64-v8a');
  add('android_hardware', 0.8, () => `board${chance.low(20)}`);
  add('android_fingerprint', 0.7, () => `${maker}/${model}/${chance.low(400)}`.toLowerCase());
}

function installId(number: number): string {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const other = Math.imul(number + 7, 0x85ebca6b) >>> 0;
  return (mixed.toString(16).padStart(8, '0') + other.toString(16).padStart(8, '0')).repeat(2);
}

function addressOf(chance: Chance): string {
  if (chance.happens(0.2)) return '0x0000000000000000';
  if (chance.happens(0.15)) return `0x${chance.low(64).toString(16).padStart(16, '0')}`;
  return `0x0000${chance.hex(12)}`;
}

const moduleCount = 80;
/** Most programs load these. */
const commonModules = 50;
const modulesByEnding = new Map<string, { common: string[]; others: string[] }>();

/** Made once: every other crash has eighty. */
function modulesEnding(ending: string): { common: string[]; others: string[] } {
  let modules = modulesByEnding.get(ending);
  if (modules === undefined) {
    modules = {
      common: Array.from({ length: commonModules }, (_, index) => `sys${index}${ending}`),
      others: Array.from({ length: 500 }, (_, index) => `m${index}${ending}`),
    };
    modulesByEnding.set(ending, modules);
  }
  return modules;
}

const addonCount = 8;

/** Eighty of some hundreds; a driver of the card that the kind goes with. */
function moduleNames(kind: CrashKind, system: System, chance: Chance): string[] {
  const ending = system.name === 'Windows NT' ? '.dll' : system.name === 'Mac OS X' ? '' : '.so';
  // What most programs load stands first, then a run of what differs from machine to machine.
  const start = chance.low(420) + commonModules;
  const { common, others } = modulesEnding(ending);
  const names = [...common, ...others.slice(start, start + moduleCount - 1 - commonModules)];
  names.push(kind.gpuVendor === null ? `drv${chance.low(30)}${ending}` : `gfx${kind.gpuVendor}${ending}`);
  return names;
}

function addonNames(kind: CrashKind, chance: Chance): string[] {
  const first = kind.addon !== null && chance.happens(0.8) ? kind.addon : chance.low(500);
  return Array.from({ length: addonCount }, (_, index) => {
    const number = index === 0 ? first : chance.low(500);
    return `addon${number}@example.org:${1 + (number % 7)}.${number % 10}`;
  });
}

/** The system of one crash: the kind's, where it has one. */
export function systemFor(kind: CrashKind, release: Release, chance: Chance): System {
  const { isMobile } = release.product;
  const fits = kind.system !== null && (kind.system === 'Android') === isMobile;
  return fits && kind.system !== null ? systemNamed(chance, kind.system) : systemOf(chance, isMobile);
}
