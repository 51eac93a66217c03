import { defineRoute, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import type { SymbolRecord, SymbolRecords } from '../store/symbol-records.js';
import { nothing } from './download-routes.js';
import type { SymbolStore } from '../store/symbol-store.js';

const buildId = z.string().regex(/^[0-9a-fA-F]{2,64}$/);

/**
 * The debuginfod protocol: gdb, and whatever else has elfutils' client, finds ELF files by their build id
 * (`DEBUGINFOD_URLS`). Sources and single sections are not kept here, which clients take as an answer.
 */
export function debuginfodRoutes(store: SymbolStore, records: SymbolRecords): HttpRoute[] {
  const find = async (id: string, isWanted: (facts: NonNullable<SymbolRecord['native']>) => boolean) => {
    for (const isTry of [false, true]) {
      for (const record of await records.nativeFiles(id, isTry)) {
        if (record.native?.format !== 'elf' || !isWanted(record.native)) continue;
        if ((await store.find(record.key, isTry)) !== null) return record;
      }
    }
    return null;
  };
  const answer = (record: SymbolRecord | null, isHead: boolean): HttpResponse => {
    if (record === null) return notFound('not found');
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(record.size),
      'x-debuginfod-size': String(record.size),
      'x-debuginfod-file': record.key.fileName,
      'last-modified': new Date(record.uploadedAt).toUTCString(),
    };
    return { headers, body: isHead ? nothing() : store.read(record) };
  };
  return [
    defineRoute({
      id: 'symbols/debuginfod-debuginfo',
      method: 'GET',
      path: '/buildid/:id/debuginfo',
      summary: 'debuginfod: the ELF file with the debug information of a build id',
      access: 'symbol-download',
      request: { params: z.object({ id: buildId }) },
      produces: 'application/octet-stream',
      answerError: () => notFound('not found'),
      handle: async ({ params, method }) =>
        answer(await find(params.id, ({ hasDebugInfo }) => hasDebugInfo), method === 'HEAD'),
    }),
    defineRoute({
      id: 'symbols/debuginfod-executable',
      method: 'GET',
      path: '/buildid/:id/executable',
      summary: 'debuginfod: the program or library of a build id',
      access: 'symbol-download',
      request: { params: z.object({ id: buildId }) },
      produces: 'application/octet-stream',
      answerError: () => notFound('not found'),
      handle: async ({ params, method }) => answer(await find(params.id, ({ hasCode }) => hasCode), method === 'HEAD'),
    }),
    ...['source', 'section'].map((what) =>
      defineRoute({
        id: `symbols/debuginfod-${what}`,
        method: 'GET',
        path: `/buildid/:id/${what}/:name`,
        summary: `debuginfod: ${what}s are not kept here`,
        access: 'symbol-download',
        produces: 'text/plain',
        handle: () => notFound(`${what}s are not kept here`),
      }),
    ),
  ];
}

function notFound(words: string): HttpResponse {
  return { status: 404, headers: { 'content-type': 'text/plain' }, body: words };
}
