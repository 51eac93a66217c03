import { FaultlineError } from '@faultline/sdk/errors';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { damaged, debugIdOfGuid, hexOf, type DebugFileIdentity } from './debug-file-identity.js';
import { bytesAt, headerBytes, textAt } from './header-bytes.js';

const machines: Record<number, string> = {
  3: 'x86',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  40: 'arm',
  43: 'sparc',
  62: 'x86_64',
  183: 'arm64',
  243: 'riscv',
};
/** ELF files that no module of a crash is. */
const unwanted: Record<number, string> = { 1: 'an object file, which is not linked yet', 4: 'a core dump' };
const noteSection = 7;
const emptySection = 8;
const noteSegment = 4;
const buildIdNote = 3;
/** Section headers of the largest file that is read; real ones have below a hundred thousand. */
const mostSections = 200_000;
const mostSegments = 5_000;
const longestNote = 64 * 1024;
const longestNames = 16 * 1024 * 1024;

interface Section {
  name: string;
  type: number;
  offset: number;
  size: number;
}

/** How numbers lie in this file. */
interface Form {
  isLittle: boolean;
  is64: boolean;
}

/** Debug id and code id come from the build id; without one, as Breakpad has it, from the first page of the code. */
export async function readElf(source: RandomAccessSource): Promise<DebugFileIdentity> {
  const start = await headerBytes(source, { at: 0, length: 52, what: 'ELF header' });
  const form: Form = { is64: start.getUint8(4) === 2, isLittle: start.getUint8(5) !== 2 };
  const header = form.is64 ? await headerBytes(source, { at: 0, length: 64, what: 'ELF header' }) : start;
  const architecture = machines[header.getUint16(18, form.isLittle)] ?? '';
  const kind = unwanted[header.getUint16(16, form.isLittle)];
  if (kind !== undefined) throw new FaultlineError('Unsupported', 'DEBUG_FILE_UNSUPPORTED', `it is ${kind}`);
  const sections = await readSections(source, header, form);
  const text = sections.find(({ name }) => name === '.text');
  const buildId = (await buildIdOf(source, header, form, sections)) ?? null;
  const hasCode = sections.length === 0 || (text !== undefined && text.type !== emptySection);
  const names = new Set(sections.filter(({ type }) => type !== emptySection).map(({ name }) => name));
  const hasDebugInfo = names.has('.debug_info') || names.has('.zdebug_info') || (!hasCode && names.has('.symtab'));
  const id = buildId ?? (hasCode && text !== undefined ? await codeHash(source, text) : null);
  const debugId = id === null ? '' : debugIdOfGuid(id, 0);
  const codeId = buildId === null ? '' : hexOf(buildId);
  return { format: 'elf', modules: [{ architecture, debugId, codeId }], hasDebugInfo, hasCode, debugFile: '' };
}

async function readSections(source: RandomAccessSource, header: DataView, form: Form): Promise<Section[]> {
  const { is64, isLittle } = form;
  const table = is64 ? wordAt(header, 40, isLittle) : header.getUint32(32, isLittle);
  const entrySize = header.getUint16(is64 ? 58 : 46, isLittle);
  let count = header.getUint16(is64 ? 60 : 48, isLittle);
  let namesIndex = header.getUint16(is64 ? 62 : 50, isLittle);
  if (table === 0) return [];
  const least = is64 ? 64 : 40;
  if (entrySize < least) throw damaged('its section headers are too small');
  const first = await headerBytes(source, { at: table, length: least, what: 'table of sections' });
  // More than 65,279 sections: the first, which is none, says how many.
  if (count === 0) count = sectionOf(first, form).size;
  if (namesIndex === 0xffff) namesIndex = first.getUint32(is64 ? 40 : 24, isLittle);
  if (count > mostSections) throw damaged(`it says it has ${count} sections`);
  const all = await headerBytes(source, { at: table, length: count * entrySize, what: 'table of sections' });
  const sections: (Section & { nameAt: number })[] = [];
  for (let index = 0; index < count; index++) {
    const view = new DataView(all.buffer, all.byteOffset + index * entrySize, entrySize);
    sections.push({ ...sectionOf(view, form), name: '', nameAt: view.getUint32(0, isLittle) });
  }
  const names = sections[namesIndex];
  if (names === undefined || names.type === emptySection || names.size > longestNames) return sections;
  const texts = await headerBytes(source, { at: names.offset, length: names.size, what: 'names of sections' });
  return sections.map((section) => ({ ...section, name: textAt(texts, section.nameAt, 64) }));
}

function sectionOf(view: DataView, { is64, isLittle }: Form): Omit<Section, 'name'> {
  return {
    type: view.getUint32(4, isLittle),
    offset: is64 ? wordAt(view, 24, isLittle) : view.getUint32(16, isLittle),
    size: is64 ? wordAt(view, 32, isLittle) : view.getUint32(20, isLittle),
  };
}

/**
 * From a note section, else from a note segment. In files split off by `objcopy --only-keep-debug` the offsets of
 * segments lead nowhere, those of note sections are right; files without sections have only segments.
 */
async function buildIdOf(
  source: RandomAccessSource,
  header: DataView,
  form: Form,
  sections: readonly Section[],
): Promise<Uint8Array | null> {
  for (const { type, offset, size } of sections) {
    const found = type === noteSection ? await buildIdIn(source, offset, size, form) : null;
    if (found !== null) return found;
  }
  if (sections.length > 0) return null;
  const { is64, isLittle } = form;
  const table = is64 ? wordAt(header, 32, isLittle) : header.getUint32(28, isLittle);
  const entrySize = header.getUint16(is64 ? 54 : 42, isLittle);
  const count = Math.min(mostSegments, header.getUint16(is64 ? 56 : 44, isLittle));
  if (table === 0 || entrySize < (is64 ? 56 : 32)) return null;
  const all = await headerBytes(source, { at: table, length: count * entrySize, what: 'table of segments' });
  for (let index = 0; index < count; index++) {
    const view = new DataView(all.buffer, all.byteOffset + index * entrySize, entrySize);
    if (view.getUint32(0, isLittle) !== noteSegment) continue;
    const offset = is64 ? wordAt(view, 8, isLittle) : view.getUint32(4, isLittle);
    const size = is64 ? wordAt(view, 32, isLittle) : view.getUint32(16, isLittle);
    const found = await buildIdIn(source, offset, size, form);
    if (found !== null) return found;
  }
  return null;
}

async function buildIdIn(
  source: RandomAccessSource,
  offset: number,
  size: number,
  { isLittle }: Form,
): Promise<Uint8Array | null> {
  if (size < 12 || size > longestNote || offset + size > source.size) return null;
  const notes = await headerBytes(source, { at: offset, length: size, what: 'note' });
  for (let at = 0; at + 12 <= size;) {
    const nameSize = notes.getUint32(at, isLittle);
    const contentSize = notes.getUint32(at + 4, isLittle);
    const contentAt = at + 12 + aligned(nameSize);
    if (nameSize > longestNote || contentSize > longestNote || contentAt + contentSize > size) return null;
    const isBuildId = notes.getUint32(at + 8, isLittle) === buildIdNote && textAt(notes, at + 12, nameSize) === 'GNU';
    if (isBuildId && contentSize > 0 && contentSize <= 64) return bytesAt(notes, contentAt, contentSize).slice();
    at = contentAt + aligned(contentSize);
  }
  return null;
}

/** Breakpad's way: 16 bytes, over which the first 4,096 of the code are folded. */
async function codeHash(source: RandomAccessSource, { offset, size }: Section): Promise<Uint8Array> {
  const length = Math.min(4096, size);
  const code = await headerBytes(source, { at: offset, length, what: 'code' });
  const hash = new Uint8Array(16);
  for (let at = 0; at < length; at++) hash[at % 16] = (hash[at % 16] ?? 0) ^ code.getUint8(at);
  return hash;
}

function aligned(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** 64 bits; beyond 2^53 it leads outside of any file, which the reader refuses. */
function wordAt(view: DataView, at: number, isLittle: boolean): number {
  return Number(view.getBigUint64(at, isLittle));
}
