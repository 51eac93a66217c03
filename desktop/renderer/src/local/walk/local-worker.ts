/**
 * The program of the workers that read what a person gives: one dump at a time, or an archive. It talks to its page only
 * and asks for nothing over the network.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import { blobSource, type RandomAccessSource } from '@faultline/sdk/random-access-source';
import { unpackArchive } from '../intake/unpack-archive.js';
import { IndexCache } from '../symbols/index-cache.js';
import { IndexedSymbols } from '../symbols/indexed-symbols.js';
import { DumpWalk } from './dump-walk.js';
import { failureOf, Questions } from './questions.js';
import type { SourceFile, ToPage, ToWorker, WalkOrder, WorkerQuestions } from './walk-messages.js';

/** The bridge gives at most 8 MB at once. */
const largestRead = 8 << 20;

const post = (message: ToPage): void => postMessage(message);
const page = new Questions<WorkerQuestions>((message) => post(message as ToPage));
let dump: DumpWalk | null = null;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'walk') void walk(data.order);
  else if (data.kind === 'reset') dump = null;
  else if (data.kind === 'unzip') void unzip(data.archive);
  else if (data.kind === 'stop') dump?.stop();
  else if (data.kind === 'answer') page.take(data);
  else page.reply(data.id, dump === null ? Promise.resolve(null) : dump.answer(data.name, data.ask));
});

async function walk(order: WalkOrder): Promise<void> {
  try {
    dump ??= await open(order);
    const json = await dump.walk(order);
    post({ kind: 'done', json, notes: notes.splice(0) });
  } catch (error) {
    const failure = failureOf(error);
    post({ kind: 'failed', failure, isStopped: failure.code === 'WALK_CANCELLED' });
  }
}

let notes: IndexedSymbols['notes'] = [];

async function open({ file }: WalkOrder): Promise<DumpWalk> {
  const symbols = new IndexedSymbols(
    {
      find: ({ codeFile, codeId, debugFile, debugId }) => page.ask('symbols', { codeFile, codeId, debugFile, debugId }),
      download: (stamp) => page.ask('download', { stamp }),
      open: sourceOf,
      onIndexing: (indexing) => opened.tell({ indexing }, indexing === null || indexing.read === 0),
    },
    await IndexCache.open(),
  );
  notes = symbols.notes;
  const opened = new DumpWalk(sourceOf(file), symbols, post);
  return opened;
}

async function unzip(archive: Blob): Promise<void> {
  try {
    await unpackArchive(archive, {
      take: (file) => post({ kind: 'unzipped', file }),
      onProgress: (read) => post({ kind: 'unzipping', read }),
    });
    post({ kind: 'unzip-ended', failure: null });
  } catch (error) {
    post({ kind: 'unzip-ended', failure: failureOf(error) });
  }
}

function sourceOf(file: SourceFile): RandomAccessSource {
  if (file instanceof Blob) return unchanging(blobSource(file));
  const { remote, size } = file;
  return {
    size,
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (wanted <= largestRead) return page.ask('read', { remote, offset, length: wanted });
      const bytes = new Uint8Array(wanted);
      for (let at = 0; at < wanted; at += largestRead) {
        const part = { remote, offset: offset + at, length: Math.min(largestRead, wanted - at) };
        bytes.set(await page.ask('read', part), at);
      }
      return bytes;
    },
  };
}

/** A browser refuses to read a file on that is not what it was when it was given, with words about permissions. */
function unchanging(source: RandomAccessSource): RandomAccessSource {
  return {
    size: source.size,
    async read(offset, length) {
      try {
        return await source.read(offset, length);
      } catch (cause) {
        const isRefused = cause instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(cause.name);
        if (!isRefused) throw cause;
        const message = 'The file changed, went away or may no longer be read.';
        throw new FaultlineError('Conflict', 'FILE_CHANGED', message, { hint: 'Open it again.', cause });
      }
    },
  };
}

post({ kind: 'ready' });
