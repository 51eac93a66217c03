import { defineRoute, type CrashId, type CrashStorage, type HttpRoute, type RandomAccessSource } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { loadCrash } from '../crash-not-found.js';
import { partFileName } from '../part-file-name.js';
import type { ProtectedLooks } from '../protected-looks.js';

/** Bytes of a part in memory at a time. */
const chunkSize = 256 * 1024;

export function partRoute(storage: CrashStorage, looks: ProtectedLooks): HttpRoute {
  return defineRoute({
    id: 'reports/part',
    method: 'GET',
    path: '/api/v1/crashes/:id/raw/:name',
    summary: 'A minidump or attachment of a crash report, as it was received',
    access: 'view_rawdump',
    request: { params: z.object({ id: z.string().max(100), name: z.string().max(1000) }) },
    response: null,
    produces: 'application/octet-stream',
    async handle({ params, principal, signal }) {
      const { raw } = await loadCrash(storage, params.id);
      const part = raw.parts.find(({ name }) => name === params.name);
      const source = part === undefined ? null : await storage.openPart(raw.crashId, part.name);
      if (part === undefined || source === null) throw await absence(storage, raw.crashId, part !== undefined);
      await looks.atPart(principal, raw.crashId, part.name);
      return {
        headers: {
          // Never the client's type: what a browser might render must not come from our origin.
          'content-type': 'application/octet-stream',
          'content-length': String(source.size),
          'content-disposition': `attachment; filename="${partFileName(raw.crashId, part.name)}"`,
          'cache-control': 'private, no-store',
          'x-content-type-options': 'nosniff',
        },
        body: chunks(source, signal),
      };
    },
  });
}

async function absence(storage: CrashStorage, crashId: CrashId, wasThere: boolean): Promise<FaultlineError> {
  const { partsExpiredAt } = await storage.fate(crashId);
  if (!wasThere || partsExpiredAt === null) {
    const details = { crashId };
    return new FaultlineError('NotFound', 'PART_NOT_FOUND', 'The crash report has no such part.', { details });
  }
  const at = new Date(partsExpiredAt).toISOString();
  return new FaultlineError(
    'NotFound',
    'PART_EXPIRED',
    `The part expired: its day was cleared on ${at.slice(0, 10)}.`,
    {
      hint: 'Dumps and attachments are kept for as long as the section `retention` of the configuration says.',
      details: { crashId, at },
    },
  );
}

async function* chunks(source: RandomAccessSource, signal: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    for (let offset = 0; offset < source.size; offset += chunkSize) {
      signal.throwIfAborted();
      yield await source.read(offset, Math.min(chunkSize, source.size - offset), signal);
    }
  } finally {
    await source.close?.();
  }
}
