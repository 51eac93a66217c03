/** The client's side of uploads of version 2: announce, send what is wanted, each up to three times. */
import { pipeline, Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { CliServer } from '@faultline/sdk/cli-command';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { FoundSymbolFile } from './found-symbol-file.js';

const atOnce = 8;
const attempts = 3;
/** Progress within a file is told for larger ones, so often. */
const largeFile = 32 * 1024 * 1024;
const tellAt = 0.25;

export interface SendOutcome {
  stored: number;
  skipped: number;
  /** Of what was stored, unpacked. */
  bytes: number;
  failed: { name: string; reason: string }[];
}

export interface SendOptions {
  server: CliServer;
  isTry: boolean;
  signal: AbortSignal;
  /** A file is done with; the words say what became of it. */
  onEnd(file: FoundSymbolFile, outcome: 'stored' | 'skipped' | 'failed'): void;
  /** Of a large file: the part that was sent. */
  onPart(file: FoundSymbolFile, part: number): void;
}

interface AnnouncementAnswer {
  files: { key: string; action: { type: 'upload'; url: string } | { type: 'skip' } | { type: 'error'; msg: string } }[];
}

export async function sendAnnounced(files: readonly FoundSymbolFile[], options: SendOptions): Promise<SendOutcome> {
  const { signal, onEnd } = options;
  const outcome: SendOutcome = { stored: 0, skipped: 0, bytes: 0, failed: [] };
  const answer = await announce(files, options);
  const rest = answer.files.map(({ action }, index) => ({ action, file: files[index] })).values();
  const fail = (file: FoundSymbolFile, reason: string) => {
    outcome.failed.push({ name: file.name, reason });
    onEnd(file, 'failed');
  };
  const work = async (): Promise<void> => {
    for (const { action, file } of rest) {
      signal.throwIfAborted();
      if (file === undefined) continue;
      if (action.type === 'skip') {
        outcome.skipped++;
        onEnd(file, 'skipped');
      } else if (action.type === 'error') fail(file, action.msg);
      else {
        const problem = await sendOne(file, action.url, options);
        if (problem !== null) {
          fail(file, problem);
          continue;
        }
        outcome.stored++;
        outcome.bytes += file.size;
        onEnd(file, 'stored');
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcome;
}

async function announce(
  files: readonly FoundSymbolFile[],
  { server, isTry, signal }: SendOptions,
): Promise<AnnouncementAnswer> {
  const body = JSON.stringify({ files: files.map(({ key, size, md5 }) => ({ key, size, md5_hash: md5 })) });
  for (let attempt = 1; ; attempt++) {
    try {
      const init = { method: 'POST', body };
      return (await server.json(`/upload/v2/${isTry ? '?try=1' : ''}`, init)) as AnnouncementAnswer;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === attempts || asFaultlineError(error).kind !== 'Unavailable') throw error;
      await pause(attempt, signal);
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
    if (attempt > 1) await pause(attempt - 1, signal);
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

/** 1 s, then 4 s. */
function pause(failures: number, signal: AbortSignal): Promise<void> {
  return wait(1000 * 4 ** (failures - 1), undefined, { signal });
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
