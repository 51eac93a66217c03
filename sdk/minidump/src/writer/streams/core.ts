import type { CpuArchitecture } from '../../model/cpu.js';
import type {
  CodeViewDescription,
  DumpDescription,
  ModuleDescription,
  SystemDescription,
} from '../dump-description.js';
import type { DumpLayout } from '../dump-layout.js';
import { hexToBytes } from '../hex-to-bytes.js';
import { nowhere, placeContents, placeContext, writeThreads } from './threads.js';

const platformIds: Record<string, number> = {
  'Windows NT': 2,
  'Mac OS X': 0x8101,
  iOS: 0x8102,
  Linux: 0x8201,
  Solaris: 0x8202,
  Android: 0x8203,
  PS3: 0x8204,
  NaCl: 0x8205,
  Fuchsia: 0x8206,
};

const processorArchitectures: Record<CpuArchitecture, number> = {
  x86: 0,
  mips: 1,
  ppc: 3,
  arm: 5,
  amd64: 9,
  arm64: 12,
  sparc: 0x8001,
  ppc64: 0x8002,
  mips64: 0x8004,
  riscv: 0x8005,
  riscv64: 0x8006,
  unknown: 0xffff,
};

/** Writes SystemInfo, the thread, module and memory lists, and the exception. */
export function writeCoreStreams(dump: DumpDescription, layout: DumpLayout): void {
  const cpu = dump.cpu ?? 'amd64';
  const system = { ...dump.system };
  const processorArchitecture = system.processorArchitecture ?? processorArchitectures[cpu];
  writeSystemInfo({ ...system, processorArchitecture }, dump.os ?? 'Linux', layout);
  const contexts = { cpu, processorArchitecture };
  const memory = writeThreads(dump, layout, contexts);
  if (dump.modules !== undefined) writeModules(dump.modules, dump.os ?? 'Linux', layout);
  if (dump.exception !== undefined) {
    const { threadId, code, flags, chainedRecord, address, information = [], registers } = dump.exception;
    const shadowStack = dump.threads?.find(({ id }) => id === threadId)?.shadowStack;
    const context = placeContext(layout, contexts, { registers, shadowStack });
    const stream = layout
      .writer()
      .u32(threadId, 0, code, flags ?? 0)
      .u64(chainedRecord ?? 0n, address ?? 0n);
    stream
      .u32(information.length, 0)
      .u64(...information.slice(0, 15))
      .zeros((15 - Math.min(15, information.length)) * 8);
    layout.stream(6, stream.u32(context.size, context.rva).finish());
  }
  for (const { start, contents } of dump.memory ?? []) memory.push({ start, ...placeContents(layout, contents) });
  if (memory.length > 0) {
    const list = layout.writer().u32(memory.length);
    for (const { start, size, rva } of memory) list.u64(start).u32(size, rva);
    layout.stream(5, list.finish());
  }
}

function writeSystemInfo(system: SystemDescription, os: string, layout: DumpLayout): void {
  const csd = layout.utf16String(system.csdVersion ?? '');
  const stream = layout.writer().u16(system.processorArchitecture ?? 0xffff, system.processorLevel ?? 6);
  stream
    .u16(system.processorRevision ?? 0x0d08)
    .u8(system.processorCount ?? 1)
    .u8(1);
  stream.u32(system.majorVersion ?? 0, system.minorVersion ?? 0, system.buildNumber ?? 0);
  stream.u32(system.platformId ?? platformIds[os] ?? Number(os), csd).u16(0, 0);
  if (system.arm !== undefined) stream.u32(system.arm.mainId, system.arm.capabilities).zeros(16);
  else {
    const vendor = (system.vendor ?? '').padEnd(12, '\0');
    for (let at = 0; at < 12; at += 4) stream.u32(fourLetters(vendor, at));
    stream.zeros(12);
  }
  layout.stream(7, stream.finish());
}

function fourLetters(text: string, at: number): number {
  return [0, 1, 2, 3].reduce((word, index) => word | (text.charCodeAt(at + index) << (8 * index)), 0) >>> 0;
}

function writeModules(modules: ModuleDescription[], os: string, layout: DumpLayout): void {
  const list = layout.writer().u32(modules.length);
  for (const module of modules) {
    const record = module.codeView === undefined ? null : codeViewBytes(module.codeView, layout);
    const codeView = record === null ? nowhere : { size: record.byteLength, rva: layout.place(record) };
    list
      .u64(module.base)
      .u32(module.size, module.checksum ?? 0, module.timestamp ?? 0, layout.utf16String(module.name));
    const words = versionWords(module.version, os);
    if (words === null) list.zeros(52);
    else list.u32(0xfeef04bd, 0x1_0000, ...words).zeros(28);
    list.u32(codeView.size, codeView.rva).zeros(24);
  }
  layout.stream(4, list.finish());
}

/** VS_FIXEDFILEINFO has two numbers of 16 bits in a word; Breakpad on Linux gives each number a word. */
function versionWords(version: string | undefined, os: string): number[] | null {
  if (version === undefined) return null;
  const [major = 0, minor = 0, build = 0, revision = 0] = version.split('.').map(Number);
  if (os === 'Linux' || os === 'Android') return [major, minor, build, revision];
  return [((major << 16) | minor) >>> 0, ((build << 16) | revision) >>> 0, 0, 0];
}

function codeViewBytes(codeView: CodeViewDescription, layout: DumpLayout): Uint8Array {
  const writer = layout.writer();
  switch (codeView.kind) {
    case 'pdb70': {
      const digits = codeView.debugId.padEnd(33, '0');
      writer.u32(0x53445352, number(digits, 0, 8)).u16(number(digits, 8, 12), number(digits, 12, 16));
      return writer
        .raw(hexToBytes(digits.slice(16, 32)))
        .u32(number(digits, 32, 40))
        .utf8(`${codeView.path}\0`)
        .finish();
    }
    case 'pdb20':
      return writer.u32(0x3031424e, 0, codeView.timestamp, codeView.age).utf8(`${codeView.path}\0`).finish();
    case 'elf':
      return writer.u32(0x4270454c).raw(hexToBytes(codeView.buildId)).finish();
    case 'raw':
      return codeView.bytes;
  }
}

function number(digits: string, from: number, to: number): number {
  return Number.parseInt(digits.slice(from, to), 16);
}
