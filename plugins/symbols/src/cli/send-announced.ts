/** The client's side of uploads of version 2: announce, send what is wanted, each up to four times. */
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { CliServer } from '@faultline/sdk/cli-command';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { Milliseconds } from '@faultline/sdk/units';
import type { FoundSymbolFile } from './found-symbol-file.js';

const atOnce = 8;
/** Over 21 seconds: a server that is upgraded is back by then. */
const attempts = 4;
const firstPause: Milliseconds = 1000;
/** Progress within a file is told for larger ones, so often. */
const largeFile = 32 * 1024 * 1024;
const tellAt = 0.25;

/** What became of one file; `skipped` is there already. */
export type SendOutcome = { state: 'stored' | 'skipped' } | { state: 'failed'; reason: string };

export interface SendOptions {
  server: CliServer;
  isTry: boolean;
  signal: AbortSignal;
  /** After the first failure; the next ones are four times as long each. 1 s when left out. */
  pause?: Milliseconds;
  /** A file is done with. */
  onEnd(file: FoundSymbolFile, outcome: SendOutcome): void;
  /** Of a large file: the part that was sent. */
  onPart(file: FoundSymbolFile, part: number): void;
}

interface AnnouncementAnswer {
  files: { key: string; action: { type: 'upload'; url: string } | { type: 'skip' } | { type: 'error'; msg: string } }[];
}

/**
 * @throws FaultlineError `Unavailable UPLOAD_SERVER_GONE` when nobody answers any more: what is left is not tried. What
 *   announcing throws
 */
export async function sendAnnounced(files: readonly FoundSymbolFile[], options: SendOptions): Promise<void> {
  const { signal, onEnd } = options;
  const answer = await announce(files, options);
  const rest = answer.files.map(({ action }, index) => ({ action, file: files[index] })).values();
  const work = async (): Promise<void> => {
    for (const { action, file } of rest) {
      signal.throwIfAborted();
      if (file === undefined) continue;
      if (action.type === 'skip') onEnd(file, { state: 'skipped' });
      else if (action.type === 'error') onEnd(file, { state: 'failed', reason: action.msg });
      else {
        const problem = await sendOne(file, action.url, options);
        onEnd(file, problem === null ? { state: 'stored' } : { state: 'failed', reason: problem });
        if (problem !== null) await requireServer(options);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** One file that fails is one file; without a server all do, each after its four attempts. */
async function requireServer({ server, signal }: SendOptions): Promise<void> {
  try {
    await server.fetch('/api/v1/version');
  } catch (error) {
    signal.throwIfAborted();
    const { message } = asFaultlineError(error);
    throw new FaultlineError('Unavailable', 'UPLOAD_SERVER_GONE', message, {
      hint: 'Call this again when it does: what it has then is left out.',
      cause: error,
    });
  }
}

async function announce(files: readonly FoundSymbolFile[], options: SendOptions): Promise<AnnouncementAnswer> {
  const { server, isTry, signal } = options;
  const body = JSON.stringify({ files: files.map(({ key, size, md5 }) => ({ key, size, md5_hash: md5 })) });
  for (let attempt = 1; ; attempt++) {
    try {
      const init = { method: 'POST', body };
      return (await server.json(`/upload/v2/${isTry ? '?try=1' : ''}`, init)) as AnnouncementAnswer;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts || asFaultlineError(error).kind !== 'Unavailable') throw error;
      await pause(attempt, options);
    }
  }
}

/** Null when the server has it; else what is wrong, in words. */
async function sendOne(file: FoundSymbolFile, url: string, options: SendOptions): Promise<string | null> {
  const { server, signal } = options;
  // The server is the one that was named, whatever it takes to be its own address.
  const place = url.slice(url.indexOf('/upload/v2/'));
  let problem = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await pause(attempt - 1, options);
    try {
      const response = await server.fetch(place, {
        method: 'PUT',
        body: Readable.toWeb(await wireBytes(file, options)),
        duplex: 'half',
        headers: { 'content-type': file.isText ? 'text/plain' : 'application/octet-stream' },
      } as RequestInit);
      const text = await response.text();
      if (response.ok) return null;
      problem = errorOf(text, response.status);
      if (response.status < 500 && response.status !== 429) return problem;
    } catch (error) {
      signal.throwIfAborted();
      problem = asFaultlineError(error).message;
    }
  }
  return problem;
}

function pause(failures: number, { pause: first = firstPause, signal }: SendOptions): Promise<void> {
  return wait(first * 4 ** (failures - 1), undefined, { signal });
}

/** Texts as gzip, whichever way they lie there. */
async function wireBytes(file: FoundSymbolFile, { onPart }: SendOptions): Promise<Readable> {
  const tell = file.size < largeFile || file.isPacked ? () => undefined : (part: number) => onPart(file, part);
  const bytes = Readable.from(counted(await file.open(), file.size, tell), { objectMode: false });
  if (!file.isText || file.isPacked) return bytes;
  // An error of either is one of the stream that is read.
  return pipeline(bytes, createGzip({ level: 5 }), () => undefined);
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  tell: (part: number) => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  let next = tellAt;
  for await (const chunk of chunks) {
    yield chunk;
    sent += chunk.length;
    for (; sent < size && sent >= next * size; next += tellAt) tell(next);
  }
}

function errorOf(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // A proxy's page: its status says more.
  }
  return `the server answered ${status}`;
}
