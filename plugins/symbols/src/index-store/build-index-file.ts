/**
 * Builds the `.symx` of a symbol file on disk. A large plain file is cut into pieces, each read by a worker thread;
 * this thread writes the bodies away as they come and joins the tables.
 */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { FaultlineError } from '@faultline/sdk/errors';
import {
  buildSymbolIndex,
  IndexWriter,
  splitPoint,
  utf16Encoding,
  type IndexDirectory,
  type IndexSink,
  type Slab,
  type SymbolLimits,
  type SymbolPart,
} from '@faultline/symbols';
import type { BuildPieceJob, BuildPieceMessage } from './build-piece-worker.js';
import { isGzip, plainChunks, readStart, textChunks } from './text-chunks.js';

/** Below this a second thread costs more than it saves. */
const smallestPiece = 24 * 1024 * 1024;
/** Where a piece is cut is looked for this far; a file without such a place is read by one thread. */
const splitSearch = 4 * 1024 * 1024;

export interface BuildFileOptions {
  limits: Partial<SymbolLimits>;
  threads: number;
  signal?: AbortSignal | undefined;
  progress?: ((bytesRead: number) => void) | undefined;
}

/**
 * @param output written from its start; the caller removes it when this rejects
 * @throws FaultlineError as `buildSymbolIndex`; file system and zlib errors as they are
 */
export async function buildIndexFile(text: string, output: string, options: BuildFileOptions): Promise<IndexDirectory> {
  const file = openSync(output, 'w');
  try {
    const sink: IndexSink = {
      write(bytes) {
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      },
    };
    const pieces = cutIntoPieces(text, options.threads);
    if (pieces.length > 1) return await buildInThreads(text, pieces, sink, options);
    const { limits, signal, progress } = options;
    return await buildSymbolIndex(textChunks(text), sink, {
      limits,
      ...(signal === undefined ? {} : { signal }),
      ...(progress === undefined ? {} : { progress }),
    });
  } finally {
    closeSync(file);
  }
}

/** Positions where pieces start and the last one ends. One piece: the file is small, packed or can't be cut. */
function cutIntoPieces(text: string, threads: number): { start: number; end: number }[] {
  const { size } = statSync(text);
  const whole = [{ start: 0, end: size }];
  const count = Math.min(threads, Math.floor(size / smallestPiece));
  // Tests run the sources, and a worker of Node 20 can't load TypeScript.
  if (count < 2 || import.meta.url.endsWith('.ts')) return whole;
  if (isGzip(text) || utf16Encoding(readStart(text, 2)) !== null) return whole;
  const starts = [0];
  for (let piece = 1; piece < count; piece++) {
    const from = Math.floor((size / count) * piece);
    const cut = findCut(text, from, Math.min(size, from + splitSearch));
    if (cut > (starts.at(-1) ?? 0)) starts.push(cut);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? size }));
}

function findCut(text: string, from: number, end: number): number {
  let at = from;
  for (const chunk of plainChunks(text, from, end)) {
    const cut = splitPoint(chunk, 0);
    if (cut >= 0) return at + cut;
    at += chunk.length;
  }
  return -1;
}

async function buildInThreads(
  text: string,
  pieces: { start: number; end: number }[],
  sink: IndexSink,
  options: BuildFileOptions,
): Promise<IndexDirectory> {
  const writer = new IndexWriter(sink);
  const workers: Worker[] = [];
  const stop = (): void => {
    for (const worker of workers) void worker.terminate();
  };
  options.signal?.addEventListener('abort', stop);
  let bytesRead = 0;
  let writing = Promise.resolve();
  try {
    const parts = await Promise.all(
      pieces.map((piece, index) => {
        const job: BuildPieceJob = { text, ...piece, index, count: pieces.length, limits: options.limits };
        const worker = new Worker(new URL('./build-piece-worker.js', import.meta.url), { workerData: job });
        workers.push(worker);
        return partFrom(worker, (slabs, bytes) => {
          bytesRead += bytes;
          options.progress?.(bytesRead);
          writing = writing.then(async () => {
            for (const slab of slabs) await writer.writeSlab(index, slab);
          });
          return writing;
        });
      }),
    );
    await writing;
    return await writer.finish(parts);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    stop();
  }
}

function partFrom(worker: Worker, take: (slabs: Slab[], bytes: number) => Promise<void>): Promise<SymbolPart> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: BuildPieceMessage) => {
      if (message.kind === 'failed')
        return reject(new FaultlineError(message.errorKind, message.code, message.message));
      take(message.slabs, message.bytes).catch(reject);
      if (message.kind === 'part') resolve(message.part);
    });
    worker.on('error', reject);
    worker.on('exit', () =>
      reject(new FaultlineError('Timeout', 'SYMBOLS_ABORTED', 'Building the index was stopped.')),
    );
  });
}
