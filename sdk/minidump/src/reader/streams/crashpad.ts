import { type ByteView, decodeUtf8 } from '../byte-view.js';
import { plainList } from '../list-layout.js';
import { type DecodeContext, defineStream } from '../stream-definition.js';
import { guidText } from './code-view.js';

/** MinidumpCrashpadInfo (Crashpad's minidump_extensions.h). Ids are 32 upper-case hex digits. */
export interface CrashpadInfo {
  version: number;
  reportId: string;
  clientId: string;
  /** Annotations of the process, in dump order. */
  annotations: [key: string, value: string][];
  modules: CrashpadModule[];
}

/** What one module had to say. */
export interface CrashpadModule {
  /** Position in the dump's module list. */
  moduleIndex: number;
  version: number;
  list: string[];
  simple: [key: string, value: string][];
  objects: CrashpadAnnotation[];
}

/** A typed annotation: `text` for type 1 (string), `bytes` for all others, of which 0x8000 and up are the program's. */
export interface CrashpadAnnotation {
  name: string;
  type: number;
  value: { text: string } | { bytes: Uint8Array };
}

export const crashpadInfo = defineStream<CrashpadInfo>(0x43500001, async (stream, context) => ({
  version: stream.u32(0),
  reportId: guidText(stream, 4),
  clientId: guidText(stream, 20),
  annotations: (await context.attempt(() => readDictionary(stream, 36, context))) ?? [],
  modules: (await context.attempt(() => readModules(stream, 44, context))) ?? [],
}));

/** The table that a location descriptor at `offset` names; null when it is empty. */
async function tableAt(view: ByteView, offset: number, context: DecodeContext): Promise<ByteView | null> {
  const size = view.u32(offset);
  if (size < 4) return null;
  return context.bytes.read(view.u32(offset + 4), Math.min(size, context.limits.streamBytes));
}

async function readModules(stream: ByteView, offset: number, context: DecodeContext): Promise<CrashpadModule[]> {
  const table = await tableAt(stream, offset, context);
  if (table === null) return [];
  const list = plainList(table, context, { entrySize: 12, limit: context.limits.modules, what: 'Crashpad modules' });
  const modules: CrashpadModule[] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * list.entrySize;
    const module = await context.attempt(() => readModule(table, at, context));
    if (module !== null) modules.push(module);
  }
  return modules;
}

/** Records of Crashpad before annotation objects (2017; mac.dmp of the corpus) have 20 bytes and end before them. */
async function readModule(table: ByteView, at: number, context: DecodeContext): Promise<CrashpadModule> {
  const info = await context.bytes.read(table.u32(at + 8), Math.min(table.u32(at + 4), 28));
  return {
    moduleIndex: table.u32(at),
    version: info.u32(0),
    list: (await context.attempt(() => readList(info, 4, context))) ?? [],
    simple: (await context.attempt(() => readDictionary(info, 12, context))) ?? [],
    objects: (info.length < 28 ? null : await context.attempt(() => readObjects(info, 20, context))) ?? [],
  };
}

async function readList(view: ByteView, offset: number, context: DecodeContext): Promise<string[]> {
  const table = await tableAt(view, offset, context);
  if (table === null) return [];
  const list = plainList(table, context, { entrySize: 4, limit: context.limits.entries, what: 'annotations' });
  const values: string[] = [];
  for (let index = 0; index < list.count; index++) {
    values.push(await context.bytes.utf8String(table.u32(list.start + index * 4)));
  }
  return values;
}

async function readDictionary(view: ByteView, offset: number, context: DecodeContext): Promise<[string, string][]> {
  const table = await tableAt(view, offset, context);
  if (table === null) return [];
  const list = plainList(table, context, { entrySize: 8, limit: context.limits.entries, what: 'annotations' });
  const entries: [string, string][] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * 8;
    entries.push([await context.bytes.utf8String(table.u32(at)), await context.bytes.utf8String(table.u32(at + 4))]);
  }
  return entries;
}

async function readObjects(view: ByteView, offset: number, context: DecodeContext): Promise<CrashpadAnnotation[]> {
  const table = await tableAt(view, offset, context);
  if (table === null) return [];
  const list = plainList(table, context, { entrySize: 12, limit: context.limits.entries, what: 'annotation objects' });
  const objects: CrashpadAnnotation[] = [];
  for (let index = 0; index < list.count; index++) {
    const at = list.start + index * 12;
    const object = await context.attempt(() => readObject(table, at, context));
    if (object !== null) objects.push(object);
  }
  return objects;
}

/** A value is a byte array with its length before it; strings have no NUL. */
async function readObject(table: ByteView, at: number, context: DecodeContext): Promise<CrashpadAnnotation> {
  const name = await context.bytes.utf8String(table.u32(at));
  const type = table.u16(at + 4);
  const rva = table.u32(at + 8);
  const length = Math.min((await context.bytes.read(rva, 4)).u32(0), context.limits.stringBytes);
  const bytes = await context.bytes.bytes(rva + 4, length);
  return { name, type, value: type === 1 ? { text: decodeUtf8(bytes) } : { bytes } };
}
