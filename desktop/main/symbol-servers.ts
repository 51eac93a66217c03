import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { FaultlineError } from '@faultline/sdk/errors';
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import { breakpadPath } from '@faultline/symbols/symbol-path';
import type { SymbolServer } from '../shared/ipc.js';
import { KeptDownloads } from './kept-downloads.js';
import type { SettingsFile } from './settings-file.js';

/** A server that is asked for the same again only after this. */
const missFor = 5 * 60_000;
const largestText = 4 * 2 ** 30;
const patience = 10 * 60_000;

export interface SymbolServersParts {
  settings: SettingsFile;
  /** Folder of what was downloaded. */
  cache: string;
  /** Bytes of it, the least recently used going first. */
  quota: number;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The token of a server that this app knows; null for any other address. */
  tokenFor(url: string): string | null;
  now(): number;
}

/**
 * Symbol servers in Breakpad's layout, asked by the main process because the page may ask nobody but its own server. A
 * person names each of them; nothing is asked by itself. What came is kept on this computer.
 */
export class SymbolServers {
  private readonly misses = new Map<string, number>();
  private readonly kept: KeptDownloads;

  constructor(private readonly parts: SymbolServersParts) {
    this.kept = new KeptDownloads({ folder: parts.cache, quota: parts.quota, now: parts.now });
  }

  list(): SymbolServer[] {
    return this.parts.settings.values.symbolServers.map(({ id, url }) => ({ id, url }));
  }

  /** @throws FaultlineError `SYMBOL_SERVER_URL` */
  add(url: string): void {
    const address = normalAddress(url);
    const servers = this.parts.settings.values.symbolServers;
    if (servers.some((one) => one.url === address)) return;
    this.parts.settings.change({ symbolServers: [...servers, { id: randomUUID(), url: address }] });
  }

  remove(id: string): void {
    this.parts.settings.change({
      symbolServers: this.parts.settings.values.symbolServers.filter((one) => one.id !== id),
    });
  }

  /** The first server that has a module's symbols; the file lies in the cache. */
  async find(module: {
    codeFile: string;
    debugFile: string;
    debugId: string;
  }): Promise<{ file: { path: string; origin: string } | null; attempts: SymbolAttempt[] }> {
    const wanted = breakpadPath(module);
    const attempts: SymbolAttempt[] = [];
    if (wanted === null) return { file: null, attempts };
    for (const { url } of this.list()) {
      const address = url + [wanted.folder, wanted.id, wanted.file].map(encodeURIComponent).join('/');
      // Every part of the path has been made safe; a server's own folder keeps two of them apart.
      const folder = createHash('sha256').update(url).digest('hex').slice(0, 16);
      const place = this.kept.place(folder, wanted.folder, wanted.id, wanted.file);
      const began = this.parts.now();
      const { status, reason, bytes } = await this.get(address, place);
      const milliseconds = this.parts.now() - began;
      attempts.push({
        source: `server ${new URL(url).host}`,
        location: address,
        ...{ status, milliseconds, bytes },
        ...(reason === '' ? {} : { reason }),
      });
      if (status === 'found') return { file: { path: place, origin: address }, attempts };
    }
    return { file: null, attempts };
  }

  private async get(address: string, place: string): Promise<Outcome> {
    const known = await this.kept.use(place);
    if (known !== null) return { status: 'found', reason: '', bytes: known };
    const missed = this.misses.get(address);
    if (missed !== undefined && this.parts.now() - missed < missFor) return notFound('asked a moment ago');
    const outcome = await this.download(address, place);
    if (outcome.status === 'not-found') this.misses.set(address, this.parts.now());
    return outcome;
  }

  private async download(address: string, place: string): Promise<Outcome> {
    const token = this.parts.tokenFor(address);
    try {
      const answer = await this.parts.fetch(address, {
        headers: token === null ? {} : { 'auth-token': token },
        // A token is for its server alone.
        redirect: token === null ? 'follow' : 'error',
        signal: AbortSignal.timeout(patience),
      });
      if (!answer.ok || answer.body === null) {
        await answer.body?.cancel();
        return refused(answer.status);
      }
      const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
      return { status: 'found', reason: '', bytes: await this.kept.keep(place, bounded(body)) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: 'unavailable', reason: reason.slice(0, 200), bytes: 0 };
    }
  }
}

interface Outcome {
  status: SymbolAttempt['status'];
  reason: string;
  bytes: number;
}

async function* bounded(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > largestText) throw new Error('larger than any symbol file');
    yield chunk;
  }
}

function notFound(reason: string): Outcome {
  return { status: 'not-found', reason, bytes: 0 };
}

function refused(status: number): Outcome {
  const reason = `HTTP ${status}`;
  if (status === 404 || status === 410) return notFound(reason);
  return { status: status === 401 || status === 403 ? 'denied' : 'unavailable', reason, bytes: 0 };
}

/** Origin and folder, with a slash at the end. */
function normalAddress(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : null;
  const isFine =
    address !== null && /^https?:$/.test(address.protocol) && `${address.username}${address.password}` === '';
  if (!isFine) {
    throw new FaultlineError('Malformed', 'SYMBOL_SERVER_URL', 'That is not the address of a symbol server.', {
      hint: 'It looks like https://symbols.example.org/.',
    });
  }
  return `${address.origin}${address.pathname.replace(/\/*$/, '/')}`;
}
