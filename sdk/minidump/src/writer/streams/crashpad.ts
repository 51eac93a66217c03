import type { Bytes } from '@faultline/sdk/units';
import type { DumpLayout } from '../dump-layout.js';
import { hexToBytes } from '../hex-to-bytes.js';

/** Crashpad's stream (minidump_extensions.h). Ids are 32 hex digits. */
export interface CrashpadDescription {
  crashpad?: {
    version?: number;
    reportId?: string;
    clientId?: string;
    annotations?: Record<string, string>;
    modules?: CrashpadModuleDescription[];
  };
}

export interface CrashpadModuleDescription {
  /** Position in the module list. */
  moduleIndex: number;
  version?: number;
  list?: string[];
  simple?: Record<string, string>;
  /** Type 1 is a string, 0x8000 and above are the program's own. */
  objects?: { name: string; type: number; value: string | Uint8Array }[];
}

interface Placed {
  size: Bytes;
  rva: Bytes;
}

export function writeCrashpadStream({ crashpad }: CrashpadDescription, layout: DumpLayout): void {
  if (crashpad === undefined) return;
  const simple = placeDictionary(crashpad.annotations, layout);
  const modules = placeModules(crashpad.modules, layout);
  const stream = layout.writer().u32(crashpad.version ?? 1);
  writeGuid(stream, crashpad.reportId ?? '0'.repeat(32));
  writeGuid(stream, crashpad.clientId ?? '0'.repeat(32));
  layout.stream(0x43500001, stream.u32(simple.size, simple.rva, modules.size, modules.rva).finish());
}

function writeGuid(writer: ReturnType<DumpLayout['writer']>, digits: string): void {
  writer.u32(Number.parseInt(digits.slice(0, 8), 16));
  writer.u16(Number.parseInt(digits.slice(8, 12), 16), Number.parseInt(digits.slice(12, 16), 16));
  writer.raw(hexToBytes(digits.slice(16, 32)));
}

function place(layout: DumpLayout, bytes: Uint8Array): Placed {
  return { size: bytes.byteLength, rva: layout.place(bytes) };
}

function placeDictionary(entries: Record<string, string> | undefined, layout: DumpLayout): Placed {
  if (entries === undefined) return { size: 0, rva: 0 };
  const pairs = Object.entries(entries);
  const table = layout.writer().u32(pairs.length);
  for (const [key, value] of pairs) table.u32(layout.utf8String(key), layout.utf8String(value));
  return place(layout, table.finish());
}

function placeModules(modules: CrashpadModuleDescription[] | undefined, layout: DumpLayout): Placed {
  if (modules === undefined) return { size: 0, rva: 0 };
  const links = layout.writer().u32(modules.length);
  for (const module of modules) {
    const info = placeModule(module, layout);
    links.u32(module.moduleIndex, info.size, info.rva);
  }
  return place(layout, links.finish());
}

function placeModule(module: CrashpadModuleDescription, layout: DumpLayout): Placed {
  const list = placeList(module.list, layout);
  const simple = placeDictionary(module.simple, layout);
  const objects = placeObjects(module.objects, layout);
  const info = layout.writer().u32(module.version ?? 1, list.size, list.rva, simple.size, simple.rva);
  return place(layout, info.u32(objects.size, objects.rva).finish());
}

function placeList(values: string[] | undefined, layout: DumpLayout): Placed {
  if (values === undefined) return { size: 0, rva: 0 };
  const table = layout.writer().u32(values.length);
  for (const value of values) table.u32(layout.utf8String(value));
  return place(layout, table.finish());
}

function placeObjects(objects: CrashpadModuleDescription['objects'], layout: DumpLayout): Placed {
  if (objects === undefined) return { size: 0, rva: 0 };
  const table = layout.writer().u32(objects.length);
  for (const { name, type, value } of objects) {
    const body = typeof value === 'string' ? layout.writer().utf8(value).finish() : value;
    const valueRva = layout.place(layout.writer().u32(body.byteLength).raw(body).finish());
    table.u32(layout.utf8String(name)).u16(type, 0).u32(valueRva);
  }
  return place(layout, table.finish());
}
