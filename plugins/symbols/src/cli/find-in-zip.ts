/** The symbol files of a zip, sent one by one: so what the server has is left out, and a cut costs one file. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { debugFileFormat } from '@faultline/symbols/debug-file';
import { identifyNative, mayBeNative, nativePlace } from '../native/native-file.js';
import { isSymbolFile, keyText, parseSymbolKey } from '../store/symbol-key.js';
import { isIgnored, keyForm } from '../upload/store-zip.js';
import { mostRatio } from '../upload/unpacked-ratio.js';
import { readZip, type ZipMember } from '../upload/zip-members.js';
import { measured, measuredText, type FoundSymbolFile, type SymbolFileCandidate } from './found-symbol-file.js';

/** As the server takes them. */
const limits = { maxMembers: 100_000, maxBytes: 32 * 2 ** 30, maxRatio: mostRatio };

/** The zip stays open while `use` runs. Throws what `readZip` throws. */
export function withZipMembers<T>(file: string, use: (candidates: SymbolFileCandidate[]) => Promise<T>): Promise<T> {
  return readZip(file, limits, (members) =>
    use(
      members
        .filter(({ name }) => !isIgnored(name) && (keyForm.test(name) || /\.sym$/i.test(name) || mayBeNative(name)))
        .map((member) => ({ name: `${file}: ${member.name}`, identify: () => identifyMember(file, member) })),
    ),
  );
}

async function identifyMember(archive: string, member: ZipMember): Promise<FoundSymbolFile | null> {
  const open = () => member.open();
  const name = `${archive}: ${member.name}`;
  const start = await startOf(member);
  if (debugFileFormat(start) !== null) return identifyNativeMember(name, member);
  const isPacked = start[0] === 0x1f && start[1] === 0x8b;
  if (/\.sym$/i.test(member.name)) {
    const text = await measuredText(isPacked ? unpacked(open()) : open());
    return { name, ...text, isText: true, isPacked, open };
  }
  // What only its place says something of: files that symsrv keeps packed.
  const key = keyForm.test(member.name) ? parseSymbolKey(member.name) : null;
  if (key === null || isSymbolFile(key)) return null;
  const { size, md5 } = await measured(open());
  return { name, key: keyText(key), isText: false, isPacked: false, size, md5, open };
}

/** Headers are read by position, so it is laid out for as long as that takes. */
async function identifyNativeMember(name: string, member: ZipMember): Promise<FoundSymbolFile | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'faultline-upload-'));
  try {
    const file = path.join(folder, 'member');
    await finished(Readable.from(member.open(), { objectMode: false }), createWriteStream(file));
    const identity = await identifyNative(file);
    if (identity === null) return null;
    const { key } = nativePlace(member.name, identity);
    const { size, md5 } = await measured(member.open());
    return { name, key: keyText(key), isText: false, isPacked: false, size, md5, open: () => member.open() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startOf(member: ZipMember): Promise<Uint8Array> {
  for await (const chunk of member.open()) return chunk.subarray(0, 16);
  return new Uint8Array();
}

function unpacked(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // An error of either is one of the stream that is read.
  return pipeline(Readable.from(packed, { objectMode: false }), createGunzip(), () => undefined);
}
