/** The client's side of uploads of version 2: announce, send what is wanted, each file up to three times. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { CliServer } from '@faultline/sdk/cli-command';
import { asFaultlineError } from '@faultline/sdk/errors';
import { isGzip } from '../index-store/text-chunks.js';
import type { FoundSymbolFile } from './find-symbol-files.js';

const atOnce = 4;
const attempts = 3;

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
  onSent(file: FoundSymbolFile): void;
}

interface AnnouncementAnswer {
  files: { key: string; action: { type: 'upload'; url: string } | { type: 'skip' } | { type: 'error'; msg: string } }[];
}

export async function sendAnnounced(files: readonly FoundSymbolFile[], options: SendOptions): Promise<SendOutcome> {
  const { server, isTry, signal, onSent } = options;
  const outcome: SendOutcome = { stored: 0, skipped: 0, bytes: 0, failed: [] };
  const body = JSON.stringify({ files: files.map(({ key, size, md5 }) => ({ key, size, md5_hash: md5 })) });
  const answer = (await server.json(`/upload/v2/${isTry ? '?try=1' : ''}`, {
    method: 'POST',
    body,
  })) as AnnouncementAnswer;
  const rest = answer.files.map(({ action }, index) => ({ action, file: files[index] })).values();
  const work = async (): Promise<void> => {
    for (const { action, file } of rest) {
      signal.throwIfAborted();
      if (file === undefined) continue;
      if (action.type === 'skip') outcome.skipped++;
      else if (action.type === 'error') outcome.failed.push({ name: file.path, reason: action.msg });
      else {
        const problem = await sendOne(file, action.url, options);
        if (problem !== null) {
          outcome.failed.push({ name: file.path, reason: problem });
          continue;
        }
        outcome.stored++;
        outcome.bytes += file.size;
        onSent(file);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcome;
}

/** Null when the server has it; else what is wrong, in words. */
async function sendOne(file: FoundSymbolFile, url: string, { server, signal }: SendOptions): Promise<string | null> {
  // The server is the one that was named, whatever it takes to be its own address.
  const place = url.slice(url.indexOf('/upload/v2/'));
  let problem = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await wait(1000 * 4 ** (attempt - 2), undefined, { signal });
    try {
      const packed = file.isText ? packedText(file.path) : createReadStream(file.path, { highWaterMark: 256 * 1024 });
      const type = file.isText ? 'text/plain' : 'application/octet-stream';
      const init = {
        method: 'PUT',
        body: Readable.toWeb(packed),
        duplex: 'half',
        headers: { 'content-type': type },
      };
      const response = await server.fetch(place, init as RequestInit);
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

/** The file as gzip, whichever way it lies there. */
function packedText(file: string): Readable {
  const bytes = createReadStream(file, { highWaterMark: 256 * 1024 });
  if (isGzip(file)) return bytes;
  const gzip = createGzip({ level: 5 });
  bytes.once('error', (error) => gzip.destroy(error));
  return bytes.pipe(gzip);
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
