import {
  FaultlineError,
  type CrashId,
  type HttpRequest,
  type JsonValue,
  type RandomAccessSource,
  type RawCrash,
} from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { mainDumpName } from '@faultline/sdk/raw-crash';
import { isPublicAnnotation, visibleProcessed } from '@faultline/sdk/visible-crash';
import { Download, requirePermission, type Endpoint } from '../endpoint.js';
import { badRequest, first, required, type Parameters } from '../parameters.js';
import type { Parts } from '../parts.js';

/** Bytes of a part in memory at a time. */
const chunkSize = 256 * 1024;

/** Raw and processed crashes, their binary parts, and where a crash is. */
export function crashEndpoints(parts: Parts): Endpoint[] {
  return [
    {
      name: 'ProcessedCrash',
      summary: 'Crash Stats: a processed crash, as far as the caller may see it',
      methods: ['GET'],
      isPrivate: true,
      async answer({ principal }, parameters) {
        const id = crashIdOf(parameters);
        const processed = await parts.storage.processedCrash(id);
        if (processed === null) throw notFound(id);
        const viewer = parts.viewerOf(principal);
        if (viewer.mayViewProtected) await parts.record(principal, 'crash.view', id, null);
        return { ...visibleProcessed(processed, viewer), uuid: id };
      },
    },
    {
      name: 'RawCrash',
      summary: 'Crash Stats: the annotations of a crash, or with format=raw one of its binary parts',
      methods: ['GET'],
      isPrivate: true,
      async answer(request, parameters) {
        const id = crashIdOf(parameters);
        const format = first(parameters, 'format') || 'meta';
        if (format === 'raw') return download(parts, request, { id, name: first(parameters, 'name') });
        if (format !== 'meta') throw badRequest(`Bad value for parameter(s) "format"`);
        const raw = await parts.storage.rawCrash(id);
        if (raw === null) throw notFound(id);
        const { mayViewProtected } = parts.viewerOf(request.principal);
        if (mayViewProtected) await parts.record(request.principal, 'crash.view', id, null);
        return rawDocument(raw, parts, mayViewProtected);
      },
    },
    {
      name: 'CrashVerify',
      summary: 'Crash Stats: in which stores a crash is',
      methods: ['GET'],
      isPrivate: true,
      async answer({ signal }, parameters) {
        const id = crashIdOf(parameters);
        const stored = await parts.storage.load(id);
        const found = await parts.engine.search(
          {
            filter: { kind: 'field', field: 'crash_id', operator: 'is', value: id },
            ...everything(parts.clock.now()),
            sort: [],
            limit: 0,
            cursor: null,
            columns: [],
            facets: [],
          },
          { mayViewProtected: false, signal },
        );
        return {
          uuid: id,
          raw_crash: stored !== null,
          processed_crash: stored?.processed != null,
          elasticsearch_crash: found.total > 0,
          telemetry_crash: false,
        };
      },
    },
  ];
}

/** Throws `Malformed PARAMETER_INVALID | ARGUMENT_INVALID`. */
function crashIdOf(parameters: Parameters): CrashId {
  const [text = ''] = required(parameters, 'crash_id');
  const id = parseCrashId(text);
  if (id === null) throw badRequest('Bad value for parameter(s) "crash_id"');
  return id;
}

function notFound(id: CrashId): FaultlineError {
  return new FaultlineError('NotFound', 'CRASH_NOT_FOUND', 'There is no such crash.', { details: { crashId: id } });
}

/** All days there may be. */
export function everything(now: number): { from: string; to: string } {
  return { from: '1970-01-01T00:00:00.000Z', to: new Date(now + 86_400_000).toISOString() };
}

/** Annotations, with what the collector added under the names that it has there. */
function rawDocument(raw: RawCrash, { dictionary }: Parts, mayViewProtected: boolean): Record<string, JsonValue> {
  const visible = Object.entries(raw.annotations).filter(
    ([name]) => mayViewProtected || isPublicAnnotation(name, dictionary),
  );
  const { identity: _, ...metadata } = raw.metadata;
  return {
    ...Object.fromEntries(visible),
    uuid: raw.crashId,
    crash_id: raw.crashId,
    submitted_timestamp: raw.submittedTimestamp,
    version: 2,
    ...(mayViewProtected ? { metadata: { ...metadata } } : {}),
  };
}

async function download(
  parts: Parts,
  request: HttpRequest,
  { id, name }: { id: CrashId; name: string },
): Promise<Download> {
  requirePermission(request, 'view_rawdump', true);
  const part = name === '' || name === 'dump' ? mainDumpName : name;
  const source = await parts.storage.openPart(id, part);
  if (source === null) throw notFound(id);
  await parts.record(request.principal, 'rawdump.download', id, { part: [part] });
  return new Download(fileName(id, part), source.size, chunks(source, request.signal));
}

function fileName(id: CrashId, part: string): string {
  if (part === mainDumpName) return `${id}.dmp`;
  return part === 'memory_report' ? 'memory_report.json.gz' : `${id}-${part}.dmp`;
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
