import { asFaultlineError } from '@faultline/sdk/errors';
import type { ModuleIdentity, SymbolAttempt, SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { blobSource, type RandomAccessSource } from '@faultline/sdk/random-access-source';
import { buildSymbolIndex, openSymbolIndex, type IndexDirectory, type SymbolIndexReader } from '@faultline/symbols';
import type { FoundText, SourceFile, SymbolAnswer, SymbolNote, WalkProgress } from '../walk/walk-messages.js';
import type { IndexCache } from './index-cache.js';

/** Pieces of a growing index are handed to the browser as Blobs, so that they leave this worker's memory. */
const blobStep = 8 << 20;
const readStep = 4 << 20;

export interface SymbolPlaces {
  find(module: ModuleIdentity): Promise<SymbolAnswer>;
  download(stamp: string): Promise<{ file: SourceFile | null; reason: string }>;
  open(file: SourceFile): RandomAccessSource;
  onIndexing(indexing: WalkProgress['indexing']): void;
}

/** Symbols of the texts that the page knows, through indexes that are made once and kept in the browser's storage. */
export class IndexedSymbols implements SymbolProvider {
  /** Readers by stamp: a second walk of the same dump finds them open. */
  private readonly opened = new Map<string, SymbolIndexReader>();
  /** What a person should know of the symbol files used: lines that could not be read, storage that is full. */
  readonly notes: SymbolNote[] = [];
  quota = 0;

  constructor(
    private readonly places: SymbolPlaces,
    private readonly cache: IndexCache | null,
  ) {}

  async find(module: ModuleIdentity, signal?: AbortSignal): Promise<SymbolLookup> {
    const { found, attempts } = await this.places.find(module);
    if (found === null) return { symbols: null, attempts, isCorrupt: false, url: null };
    try {
      const symbols = this.opened.get(found.stamp) ?? (await withLock(found.stamp, () => this.index(found, signal)));
      this.opened.set(found.stamp, symbols);
      return { symbols, attempts, isCorrupt: false, url: found.url };
    } catch (error) {
      return { symbols: null, attempts: [...attempts, failedAttempt(found, error)], isCorrupt: true, url: found.url };
    }
  }

  /** A kept index that can't be read is made anew from its text. */
  async recover(module: ModuleIdentity, _failed: unknown, signal?: AbortSignal): Promise<SymbolLookup> {
    const { found } = await this.places.find(module);
    if (found !== null) {
      this.opened.delete(found.stamp);
      await this.cache?.remove(found.stamp);
    }
    return this.find(module, signal);
  }

  private async index(found: FoundText, signal?: AbortSignal): Promise<SymbolIndexReader> {
    const kept = (await this.cache?.get(found.stamp)) ?? null;
    if (kept !== null) {
      try {
        return await openSymbolIndex(blobSource(kept), found.origin);
      } catch {
        // Written by another version, or damaged: it is made again below.
        await this.cache?.remove(found.stamp);
      }
    }
    const file = found.file ?? (await this.downloaded(found));
    const blob = await this.build(file, found, signal);
    if (this.cache !== null && !(await this.cache.put({ stamp: found.stamp, name: found.origin, blob }, this.quota))) {
      this.notes.push({ kind: 'storage-full', name: found.origin, lines: 0, firstLine: 0 });
    }
    return openSymbolIndex(blobSource(blob), found.origin);
  }

  private async downloaded({ stamp }: FoundText): Promise<SourceFile> {
    const { file, reason } = await this.places.download(stamp);
    if (file === null) throw new Error(reason);
    return file;
  }

  private async build(file: SourceFile, { origin }: FoundText, signal?: AbortSignal): Promise<Blob> {
    const source = this.places.open(file);
    const pieces = new BlobPieces();
    const tell = (read: number): void => this.places.onIndexing({ name: origin, read, size: source.size });
    tell(0);
    try {
      const directory = await buildSymbolIndex(textOf(source, tell), pieces, signal === undefined ? {} : { signal });
      this.noteProblems(origin, directory);
    } finally {
      this.places.onIndexing(null);
    }
    return pieces.blob();
  }

  private noteProblems(origin: string, { problems }: IndexDirectory): void {
    if (problems.total === 0) return;
    const firstLine = problems.first[0]?.line ?? 0;
    this.notes.push({ kind: 'lines-skipped', name: origin, lines: problems.total, firstLine });
  }
}

class BlobPieces {
  private readonly blobs: Blob[] = [];
  private pieces: Uint8Array<ArrayBuffer>[] = [];
  private waiting = 0;

  write(bytes: Uint8Array<ArrayBuffer>): void {
    this.pieces.push(bytes);
    this.waiting += bytes.length;
    if (this.waiting >= blobStep) this.flush();
  }

  blob(): Blob {
    this.flush();
    return new Blob(this.blobs);
  }

  private flush(): void {
    this.blobs.push(new Blob(this.pieces));
    this.pieces = [];
    this.waiting = 0;
  }
}

/** The text piece by piece, the next one on its way while one is read; gzip is unpacked. */
async function* textOf(source: RandomAccessSource, tell: (read: number) => void): AsyncGenerator<Uint8Array> {
  const head = await source.read(0, Math.min(2, source.size));
  const plain = piecesOf(source, tell);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* plain;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await plain.next();
      if (done === true) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) yield chunk.value;
}

async function* piecesOf(source: RandomAccessSource, tell: (read: number) => void): AsyncGenerator<Uint8Array> {
  let next = source.read(0, Math.min(readStep, source.size));
  for (let at = 0; at < source.size; at += readStep) {
    const bytes = await next;
    if (at + readStep < source.size) next = source.read(at + readStep, Math.min(readStep, source.size - at - readStep));
    yield bytes;
    tell(Math.min(source.size, at + readStep));
  }
}

/** Two dumps that need one index at the same time make it once, where the browser has locks. */
function withLock<T>(stamp: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as Partial<Navigator>).locks;
  return locks === undefined ? work() : locks.request(`faultline-index:${stamp}`, work);
}

function failedAttempt({ origin, url }: FoundText, error: unknown): SymbolAttempt {
  const { message } = asFaultlineError(error);
  return {
    source: 'index',
    location: url ?? origin,
    status: 'malformed',
    milliseconds: 0,
    bytes: 0,
    reason: message,
  };
}
