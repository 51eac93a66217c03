import type { ModuleRecord } from '../../model/module-record.js';
import type { OperatingSystem } from '../../model/operating-system.js';
import type { ByteView } from '../byte-view.js';
import { plainList } from '../list-layout.js';
import { type DecodeContext, defineStream } from '../stream-definition.js';
import { type CodeView, codeIdOf, debugFileOf, debugIdOf, readCodeView } from './code-view.js';
import { systemInfo } from './system-info.js';

/**
 * Stream 4, MINIDUMP_MODULE (minidumpapiset.h). A module whose name or CodeView record cannot be read stays in the
 * list without them.
 */
export const moduleList = defineStream<ModuleRecord[]>(4, async (stream, context) => {
  const os = (await context.get(systemInfo))?.os ?? null;
  const list = plainList(stream, context, { entrySize: 108, limit: context.limits.modules, what: 'modules' });
  const modules: ModuleRecord[] = [];
  for (let index = 0; index < list.count; index++) {
    modules.push(await readModule(stream.slice(list.start + index * list.entrySize, 108), { index, os, context }));
  }
  return modules;
});

async function readModule(
  record: ByteView,
  { index, os, context }: { index: number; os: OperatingSystem | null; context: DecodeContext },
): Promise<ModuleRecord> {
  const nameRva = record.u32(20);
  const codeFile = (await context.attempt(() => context.bytes.utf16String(nameRva))) ?? '';
  const codeView = await readCodeViewAt(record.u32(76), record.u32(80), context);
  const sizes = { size: record.u32(8), timestamp: record.u32(16) };
  return {
    index,
    base: record.u64(0),
    ...sizes,
    checksum: record.u32(12),
    codeFile,
    codeId: codeIdOf(codeView, sizes, os),
    debugFile: debugFileOf(codeView, codeFile),
    debugId: debugIdOf(codeView),
    version: fileVersion(record, os),
  };
}

async function readCodeViewAt(size: number, rva: number, context: DecodeContext): Promise<CodeView | null> {
  if (size === 0) return null;
  const kept = Math.min(size, context.limits.codeViewBytes);
  return context.attempt(async () => readCodeView(await context.bytes.read(rva, kept)));
}

/** VS_FIXEDFILEINFO (verrsrc.h). On Linux and Android each of the four numbers has its own 32 bits. */
function fileVersion(record: ByteView, os: OperatingSystem | null): string | null {
  if (record.u32(24) !== 0xfeef04bd || record.u32(28) !== 0x1_0000) return null;
  const high = record.u32(32);
  const low = record.u32(36);
  if (os === 'Windows NT' || os === 'Mac OS X' || os === 'iOS') {
    return `${high >>> 16}.${high & 0xffff}.${low >>> 16}.${low & 0xffff}`;
  }
  return `${high}.${low}.${record.u32(40)}.${record.u32(44)}`;
}
