import { defineRoute, type AuditLog, type HttpRoute } from '@faultline/sdk';
import { SymbolFileAdded, SymbolFileList, SymbolInfo, SymbolStoreStatus, SymbolUploadList } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { PinList } from '../cache/pin-list.js';
import { pinnedBy, type IsPinned } from '../cache/symbol-pins.js';
import type { Arrivals } from '../store/arrivals.js';
import { isSymbolFile, keyText, parseSymbolKey } from '../store/symbol-key.js';
import type { SymbolRecord, SymbolRecords } from '../store/symbol-records.js';
import { missingFile, type SymbolStore } from '../store/symbol-store.js';

export interface SymbolRoutesOptions {
  store: SymbolStore;
  records: SymbolRecords;
  arrivals: Arrivals;
  audit(): AuditLog;
  pins: PinList;
  status(): Promise<SymbolStoreStatus>;
}

/** What is in the store: for the Symbols screen and for scripts. */
export function symbolRoutes({ store, records, arrivals, audit, pins, status }: SymbolRoutesOptions): HttpRoute[] {
  const pinned = async () => pinnedBy(await pins.all());
  return [
    defineRoute({
      id: 'symbols/files',
      method: 'GET',
      path: '/api/v1/symbols/files',
      summary:
        'Stored symbol files. By name in pages, `after` is the last key of the one before; by size the largest, by use those used longest ago',
      access: 'signed-in',
      request: {
        query: z.object({
          text: z.string().max(200).default(''),
          after: z.string().max(700).optional(),
          order: z.enum(['name', 'size', 'use']).default('name'),
          try: z.stringbool().default(false),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
      },
      response: SymbolFileList,
      async handle({ query }) {
        const files: SymbolRecord[] = [];
        const isPinned = await pinned();
        const text = query.text.toLowerCase();
        if (query.order !== 'name') {
          const first = await firstFiles(query.order, { ...query, text });
          return { body: { files: await Promise.all(first.map((file) => shapeOf(file, isPinned))), next: null } };
        }
        const after = query.after === undefined ? undefined : parseSymbolKey(query.after);
        let next: string | null = null;
        for await (const record of records.files(query.try, after)) {
          if (!keyText(record.key).toLowerCase().includes(text)) continue;
          if (files.length === query.limit) {
            next = keyText(files.at(-1)?.key ?? record.key);
            break;
          }
          files.push(record);
        }
        return { body: { files: await Promise.all(files.map((file) => shapeOf(file, isPinned))), next } };
      },
    }),
    defineRoute({
      id: 'symbols/store',
      method: 'GET',
      path: '/api/v1/symbols/store',
      summary: 'How much is stored, by which rules it goes, and what goes next',
      access: 'signed-in',
      response: SymbolStoreStatus,
      handle: async () => ({ body: await status() }),
    }),
    defineRoute({
      id: 'symbols/file-add',
      method: 'POST',
      path: '/api/v1/symbols/files',
      summary: 'Upload one file as the body: a .sym (plain or gzip), or a native debug file with its name',
      access: 'upload_symbols',
      request: { query: z.object({ try: z.stringbool().default(false), name: z.string().max(300).default('') }) },
      stream: true,
      response: SymbolFileAdded,
      async handle({ query, stream, principal, signal }) {
        const addition = {
          key: null,
          name: query.name,
          content: stream,
          isTry: query.try,
          uploadId: '',
          uploadedBy: principal.id,
          signal,
        };
        const verdict = await store.add(addition);
        if (verdict.outcome === 'rejected') {
          throw new FaultlineError('Malformed', 'SYMBOL_FILE_REJECTED', `The file can't be used: ${verdict.reason}.`, {
            hint: 'Symbol files begin with a MODULE record; native debug files are PDB, PE, ELF and Mach-O.',
          });
        }
        if (verdict.outcome === 'stored') await arrivals.note([verdict.record]);
        return { body: { outcome: verdict.outcome, file: await shapeOf(verdict.record, await pinned()) } };
      },
    }),
    defineRoute({
      id: 'symbols/file-delete',
      method: 'DELETE',
      path: '/api/v1/symbols/files',
      summary: 'Delete a stored file',
      access: 'manage',
      request: { query: z.object({ key: z.string().max(700), try: z.stringbool().default(false) }) },
      response: null,
      async handle({ query, principal }) {
        const key = parseSymbolKey(query.key);
        const record = await records.get(key, query.try);
        if (record === null) throw missingFile(key);
        await store.remove(record);
        await audit().record({
          actor: principal.id,
          actorName: principal.name,
          action: 'symbols.delete',
          target: keyText(key),
          details: { size: record.size, isTry: record.isTry },
        });
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'symbols/uploads',
      method: 'GET',
      path: '/api/v1/symbols/uploads',
      summary: 'Uploads, newest first, and what became of them',
      access: 'signed-in',
      request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(50) }) },
      response: SymbolUploadList,
      async handle({ query }) {
        const uploads = await records.uploads(query.limit);
        return {
          body: {
            uploads: uploads.map(({ createdAt, completedAt, announced, problem, ...upload }) => ({
              ...upload,
              announced: announced ?? 0,
              problem: problem ?? '',
              createdAt: new Date(createdAt).toISOString(),
              completedAt: completedAt === null ? null : new Date(completedAt).toISOString(),
            })),
          },
        };
      },
    }),
    defineRoute({
      id: 'symbols/info',
      method: 'GET',
      path: '/api/syminfo/:file/:id',
      summary: 'What a stored symbol file says of its module, by debug id or code id',
      access: 'symbol-download',
      request: { params: z.object({ file: z.string().max(300), id: z.string().regex(/^[0-9a-fA-F]{1,64}$/) }) },
      response: SymbolInfo,
      async handle({ params }) {
        const id = params.id.toUpperCase();
        const module = (await records.byCode(params.file, id)) ?? { debugFile: params.file, id };
        const name = `${module.debugFile.replace(/\.pdb$/i, '')}.sym`;
        const key = parseSymbolKey(`${module.debugFile}/${module.id}/${name}`);
        const record = await store.find(key, false);
        if (record === null)
          throw new FaultlineError('NotFound', 'SYMBOL_FILE_UNKNOWN', 'No symbol file names that module.');
        return {
          headers: { 'access-control-allow-origin': '*' },
          body: {
            debug_filename: record.key.debugFile,
            debug_id: record.key.id,
            code_file: record.codeFile,
            code_id: record.codeId,
            generator: record.generator,
            url: `/${keyText(record.key).split('/').map(encodeURIComponent).join('/')}`,
          },
        };
      },
    }),
  ];

  /** The largest, or those used longest ago; more than twice as many are never held. */
  async function firstFiles(
    order: 'size' | 'use',
    query: { text: string; try: boolean; limit: number },
  ): Promise<SymbolRecord[]> {
    let first: { record: SymbolRecord; weight: number }[] = [];
    const cut = () => {
      first = first.sort((one, other) => other.weight - one.weight).slice(0, query.limit);
    };
    for await (const record of records.files(query.try)) {
      if (!keyText(record.key).toLowerCase().includes(query.text)) continue;
      first.push({ record, weight: order === 'size' ? record.storedSize : -(await store.lastUsed(record)) });
      if (first.length >= query.limit * 2) cut();
    }
    cut();
    return first.map(({ record }) => record);
  }

  async function shapeOf(record: SymbolRecord, isPinned: IsPinned): Promise<SymbolFileList['files'][number]> {
    const { key, uploadedAt, native, problems, ...rest } = record;
    return {
      ...rest,
      key: keyText(key),
      uploadedAt: new Date(uploadedAt).toISOString(),
      kind: native?.format ?? (isSymbolFile(key) ? 'sym' : 'other'),
      problems: problems ?? null,
      lastUsedAt: new Date(await store.lastUsed(record)).toISOString(),
      isPinned: isPinned({ debugFile: key.debugFile, debugId: key.id }),
    };
  }
}
