import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Clock, Random } from '@faultline/sdk';
import { FaultlineError, nullWhenAbsent, systemErrorCode } from '@faultline/sdk/errors';
import { malformed, MappingIndexer, type MappingFacts } from './mapping-index.js';
import { filesFolder, idFile, mappingFolder, versionFile, type MappingVersion } from './mapping-paths.js';

export interface StoredMapping {
  /** Hash of its text. */
  id: string;
  /** What traces may name it by. */
  ids: string[];
  /** Versions it was uploaded for. */
  versions: MappingVersion[];
  compiler: string;
  classes: number;
  size: number;
  uploadedAt: number;
  uploadedBy: string;
}

export interface MappingStoreOptions {
  folder: string;
  maxBytes: number;
  clock: Clock;
  random: Random;
}

/** Mappings on disk, each whole or not at all: written apart, fsynced, renamed, then named by its ids and versions. */
export class MappingStore {
  constructor(private readonly options: MappingStoreOptions) {}

  /** @throws FaultlineError `MAPPING_MALFORMED`, `MAPPING_TOO_LARGE` */
  async add(
    content: AsyncIterable<Uint8Array>,
    { version, by, signal }: { version: MappingVersion | null; by: string; signal: AbortSignal },
  ): Promise<StoredMapping> {
    const { folder, clock, random } = this.options;
    const incoming = path.join(folder, 'incoming', Buffer.from(random.bytes(8)).toString('hex'));
    await mkdir(incoming, { recursive: true });
    try {
      const { facts, id, size } = await this.take(content, path.join(incoming, 'mapping.txt'), signal);
      const known = await this.get(id);
      const versions = [...(known?.versions ?? []), ...(version === null ? [] : [version])];
      const stored: StoredMapping = {
        id,
        ids: [...new Set([id, ...facts.ids])],
        versions: versions.filter((one, at) => versions.findIndex((other) => isSame(one, other)) === at),
        compiler: facts.compiler,
        classes: facts.classes.length,
        size,
        uploadedAt: known?.uploadedAt ?? clock.now(),
        uploadedBy: by,
      };
      await writeFile(path.join(incoming, 'classes.json'), JSON.stringify(facts.classes), { flush: true });
      await writeFile(path.join(incoming, 'facts.json'), JSON.stringify(stored), { flush: true });
      const target = mappingFolder(folder, id);
      await mkdir(path.dirname(target), { recursive: true });
      // A folder can't be renamed over another: of the same text, only the facts are new.
      if (known === null) await rename(incoming, target);
      else await rename(path.join(incoming, 'facts.json'), path.join(target, 'facts.json'));
      for (const name of stored.ids) await writeName(idFile(folder, name), id);
      if (version !== null) await writeName(versionFile(folder, version), id);
      return stored;
    } catch (error) {
      throw isDamagedGzip(error) ? malformed('its gzip is cut off or damaged') : error;
    } finally {
      await rm(incoming, { recursive: true, force: true });
    }
  }

  async get(id: string): Promise<StoredMapping | null> {
    const facts = path.join(mappingFolder(this.options.folder, id), 'facts.json');
    const text = await readFile(facts, 'utf8').catch(nullWhenAbsent);
    return text === null ? null : (JSON.parse(text) as StoredMapping);
  }

  /** Newest first, each with the time of its last use. */
  async all(): Promise<(StoredMapping & { usedAt: number })[]> {
    const names = (await readdir(filesFolder(this.options.folder)).catch(nullWhenAbsent)) ?? [];
    const found = await Promise.all(
      names.map(async (name) => {
        const folder = path.join(filesFolder(this.options.folder), name);
        const text = await readFile(path.join(folder, 'facts.json'), 'utf8').catch(nullWhenAbsent);
        const used = await stat(path.join(folder, 'classes.json')).catch(nullWhenAbsent);
        if (text === null || used === null) return [];
        return [{ ...(JSON.parse(text) as StoredMapping), usedAt: Math.max(used.atimeMs, used.mtimeMs) }];
      }),
    );
    return found.flat().sort((one, other) => other.uploadedAt - one.uploadedAt);
  }

  textOf(id: string): string {
    return path.join(mappingFolder(this.options.folder, id), 'mapping.txt');
  }

  async remove(mapping: StoredMapping): Promise<void> {
    const { folder } = this.options;
    const names = [
      ...mapping.ids.map((id) => idFile(folder, id)),
      ...mapping.versions.map((one) => versionFile(folder, one)),
    ];
    for (const file of names) {
      // Another mapping may have taken the name over.
      const owner = await readFile(file, 'utf8').catch(nullWhenAbsent);
      if (owner === mapping.id) await rm(file, { force: true });
    }
    await rm(mappingFolder(folder, mapping.id), { recursive: true, force: true });
  }

  private async take(
    content: AsyncIterable<Uint8Array>,
    file: string,
    signal: AbortSignal,
  ): Promise<{ facts: MappingFacts; id: string; size: number }> {
    const { maxBytes } = this.options;
    const indexer = new MappingIndexer();
    const hash = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        try {
          size += chunk.length;
          if (size > maxBytes) throw tooLarge(maxBytes);
          hash.update(chunk);
          indexer.push(chunk);
          done(null, chunk);
        } catch (error) {
          done(error as Error);
        }
      },
    });
    const [isPacked, whole] = await peekGzip(content);
    const steps = [
      ...(isPacked ? [createGunzip()] : []),
      measure,
      createWriteStream(file, { flags: 'wx', flush: true }),
    ];
    await pipeline([Readable.from(whole, { objectMode: false }), ...steps], { signal });
    return { facts: indexer.finish(), id: hash.digest('hex'), size };
  }
}

async function writeName(file: string, id: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, id, { flush: true });
  await rename(temporary, file);
}

async function peekGzip(content: AsyncIterable<Uint8Array>): Promise<[boolean, AsyncIterable<Uint8Array>]> {
  const iterator = content[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start: Uint8Array = first.done === true ? new Uint8Array() : first.value;
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield start;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return [start[0] === 0x1f && start[1] === 0x8b, whole()];
}

function isDamagedGzip(error: unknown): boolean {
  return systemErrorCode(error).startsWith('Z_');
}

function isSame(one: MappingVersion, other: MappingVersion): boolean {
  return one.product === other.product && one.version === other.version && one.build === other.build;
}

function tooLarge(maxBytes: number): FaultlineError {
  return new FaultlineError('TooLarge', 'MAPPING_TOO_LARGE', `The mapping is larger than ${maxBytes} bytes.`, {
    hint: 'Raise mappings.maxSize if that is right.',
  });
}
