import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { defineRoute, type HttpRequest, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import { isSymbolFile, symbolKeyOf, type SymbolKey } from '../store/symbol-key.js';
import type { SymbolRecord, SymbolRecords } from '../store/symbol-records.js';
import type { SymbolStore } from '../store/symbol-store.js';

/** What symbol files, and what debuggers ask of a symbol server, end in. */
const endings = /\.(sym|pdb|pd_|exe|ex_|dll|dl_|dbg\.gz|debug|dwarf|tar\.bz2|so|sys|sy_|ocx|oc_|ptr)$/i;

const params = z.object({ debugFile: z.string(), id: z.string(), fileName: z.string() });
const query = z.object({ try: z.string().optional(), _refresh: z.string().optional() });

type Place = z.output<typeof params>;

/**
 * Downloads as Tecken's clients and stack walkers ask for them: `/<debug file>/<DEBUG ID>/<name>.sym`, and below
 * `/try/` or with `?try=1` those of try builds too. A file found by its code id is answered with the debug file's
 * place. Files are sent as gzip, as they lie on the disk, to whoever takes that.
 */
export function downloadRoutes(store: SymbolStore, records: SymbolRecords): HttpRoute[] {
  const route = (id: string, path: string, isTry: boolean) =>
    defineRoute({
      id,
      method: 'GET',
      path,
      means: ({ debugFile = '', id = '', fileName = '' }) =>
        /^[0-9a-f]{1,64}$/i.test(id) && debugFile !== '' && (endings.test(fileName) || fileName === debugFile),
      summary: `A symbol file${isTry ? ', of try builds too' : ''}`,
      access: 'symbol-download',
      request: { params, query },
      produces: 'application/octet-stream',
      async handle(request) {
        const began = performance.now();
        const response = await answer(request, isTry || request.query.try !== undefined);
        if (request.headers['debug'] === undefined) return response;
        // Seconds, as Tecken tells them.
        const seconds = ((performance.now() - began) / 1000).toFixed(6);
        return { ...response, headers: { ...response.headers, 'debug-time': seconds } };
      },
    });

  async function answer(
    { params: place, method, headers }: Pick<HttpRequest<Place>, 'params' | 'method' | 'headers'>,
    withTry: boolean,
  ): Promise<HttpResponse> {
    const found = await find(place, withTry);
    if (found === null) return notFound();
    if ('movedTo' in found) return { status: 302, headers: { ...cors, location: found.movedTo }, body: null };
    return method === 'HEAD' ? headOf(found.record) : send(found.record, acceptsGzip(headers['accept-encoding']));
  }

  async function find(place: Place, withTry: boolean): Promise<{ record: SymbolRecord } | { movedTo: string } | null> {
    if (place.fileName === 'file.ptr' || /^0{33}$/.test(place.id)) return null;
    const key = symbolKeyOf(`${place.debugFile}/${place.id}/${place.fileName}`);
    if (key === null) return null;
    for (const isTry of withTry ? [false, true] : [false]) {
      const record = await store.find(key, isTry);
      if (record !== null) return { record };
    }
    const native = await findNative(key, withTry);
    if (native !== null) return { record: native };
    // Debug ids have 33 digits or more: a shorter one is a code id.
    if (!isSymbolFile(key) || key.id.length >= 33) return null;
    const module = await records.byCode(key.debugFile, key.id);
    if (module === null) return null;
    const name = `${module.debugFile.replace(/\.pdb$/i, '')}.sym`;
    return { movedTo: `../../${[module.debugFile, module.id, name].map(encodeURIComponent).join('/')}` };
  }

  /** Debuggers on Windows write names in any case; a fat file and an ELF file have several ids. */
  async function findNative(key: SymbolKey, withTry: boolean): Promise<SymbolRecord | null> {
    if (isSymbolFile(key)) return null;
    for (const isTry of withTry ? [false, true] : [false]) {
      for (const record of await records.nativeFiles(key.id, isTry)) {
        if (record.key.fileName.toLowerCase() !== key.fileName.toLowerCase()) continue;
        if ((await store.find(record.key, isTry)) !== null) return record;
      }
    }
    return null;
  }

  const send = (record: SymbolRecord, takesGzip: boolean): HttpResponse => {
    const bytes = store.read(record);
    const isPacked = isSymbolFile(record.key);
    if (!isPacked || takesGzip) return { headers: headersOf(record, takesGzip), body: bytes };
    return {
      headers: headersOf(record, false),
      body: Readable.from(bytes, { objectMode: false }).pipe(createGunzip()),
    };
  };

  return [
    route('symbols/download', '/:debugFile/:id/:fileName', false),
    route('symbols/download-try', '/try/:debugFile/:id/:fileName', true),
  ];
}

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET' };

function headersOf(record: SymbolRecord, takesGzip: boolean): Record<string, string> {
  const isPacked = isSymbolFile(record.key);
  const length = !isPacked ? record.size : takesGzip ? record.storedSize : null;
  return {
    ...cors,
    'content-type': isPacked ? 'text/plain; charset=utf-8' : 'application/octet-stream',
    'content-disposition': 'attachment',
    vary: 'accept-encoding',
    ...(isPacked && takesGzip ? { 'content-encoding': 'gzip' } : {}),
    ...(length === null ? {} : { 'content-length': String(length) }),
    'last-modified': new Date(record.uploadedAt).toUTCString(),
  };
}

function headOf(record: SymbolRecord): HttpResponse {
  return { status: 200, headers: headersOf(record, true), body: nothing() };
}

/** A body that is known to have a length, of which a HEAD sends nothing: "" would say that the file is empty. */
export async function* nothing(): AsyncGenerator<Uint8Array> {}

function notFound(): HttpResponse {
  return { status: 404, headers: { ...cors, 'content-type': 'text/plain' }, body: 'Symbol Not Found' };
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(header ?? ''));
}
