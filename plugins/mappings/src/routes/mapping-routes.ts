import { createReadStream } from 'node:fs';
import { defineRoute, type AuditLog, type HttpRoute, type Logger } from '@faultline/sdk';
import { JavaMappingAdded, JavaMappingList } from '@faultline/sdk/api';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { MappingStore, StoredMapping } from '../store/mapping-store.js';

export interface MappingRoutesOptions {
  store: MappingStore;
  logger: Logger;
  audit(): AuditLog;
  /** Begins to process the crashes again that lacked it; the run's id. */
  mend(mapping: StoredMapping): Promise<string>;
}

const versionText = z.string().max(200);
const mappingId = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/) });

/** R8 and ProGuard mappings: upload, list, download, delete. */
export function mappingRoutes({ store, logger, audit, mend }: MappingRoutesOptions): HttpRoute[] {
  return [
    defineRoute({
      id: 'mappings/add',
      method: 'POST',
      path: '/api/v1/mappings',
      summary: 'Upload a mapping.txt, plain or gzip, as the body; for a version, or for traces that have its id',
      access: 'upload_symbols',
      request: {
        query: z
          .object({
            product: versionText.default(''),
            version: versionText.default(''),
            build: versionText.default(''),
          })
          .refine(
            ({ product, version, build }) => (product === '') === (version === '') && (build === '' || version !== ''),
            {
              error: 'product and version go together, and a build needs both',
            },
          ),
      },
      stream: true,
      response: JavaMappingAdded,
      async handle({ query, stream, principal, signal }) {
        const version = query.product === '' ? null : query;
        const mapping = await store.add(stream, { version, by: principal.name, signal });
        const isNamed = mapping.versions.length > 0 || mapping.ids.length > 1;
        return { body: { mapping: shapeOf(mapping), run: await mendQuietly(mapping), isNamed } };
      },
    }),
    defineRoute({
      id: 'mappings/list',
      method: 'GET',
      path: '/api/v1/mappings',
      summary: 'Stored mappings, newest first',
      access: 'signed-in',
      response: JavaMappingList,
      handle: async () => ({ body: { mappings: (await store.all()).map(shapeOf) } }),
    }),
    defineRoute({
      id: 'mappings/download',
      method: 'GET',
      path: '/api/v1/mappings/:id/text',
      summary: 'A mapping as it was uploaded, unpacked',
      access: 'symbol-download',
      request: { params: mappingId },
      produces: 'text/plain',
      async handle({ params }) {
        const { size } = await required(params.id);
        const headers = { 'content-length': String(size), 'content-disposition': 'attachment; filename="mapping.txt"' };
        return { headers, body: createReadStream(store.textOf(params.id), { highWaterMark: 256 * 1024 }) };
      },
    }),
    defineRoute({
      id: 'mappings/delete',
      method: 'DELETE',
      path: '/api/v1/mappings/:id',
      summary: 'Delete a mapping',
      access: 'manage',
      request: { params: mappingId },
      response: null,
      async handle({ params, principal }) {
        const mapping = await required(params.id);
        await store.remove(mapping);
        const { id: actor, name: actorName } = principal;
        await audit().record({ actor, actorName, action: 'mappings.delete', target: mapping.id, details: {} });
        return { status: 204, body: null };
      },
    }),
  ];

  async function required(id: string): Promise<StoredMapping> {
    const mapping = await store.get(id);
    if (mapping === null) throw new FaultlineError('NotFound', 'MAPPING_UNKNOWN', 'There is no such mapping.');
    return mapping;
  }

  /** The mapping is stored: that crashes can't be found now is no failure of the upload. */
  async function mendQuietly(mapping: StoredMapping): Promise<string | null> {
    try {
      return await mend(mapping);
    } catch (error) {
      logger.warn({ error: asFaultlineError(error) }, 'Crashes for a new mapping could not be processed again');
      return null;
    }
  }
}

function shapeOf(mapping: StoredMapping & { usedAt?: number }): JavaMappingList['mappings'][number] {
  const { uploadedAt, usedAt, ...rest } = mapping;
  const at = (time: number) => new Date(time).toISOString();
  return { ...rest, uploadedAt: at(uploadedAt), usedAt: at(usedAt ?? uploadedAt) };
}
