import { defineRoute, type Clock, type HttpRequest, type HttpRoute, type ServerInfo } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { Arrivals } from '../store/arrivals.js';
import { isSymbolFile, keyText, parseSymbolKey, symbolKeyOf, type SymbolKey } from '../store/symbol-key.js';
import { mostRejected, type SymbolRecords } from '../store/symbol-records.js';
import type { SymbolStore } from '../store/symbol-store.js';
import { mostAnnounced, type AnnouncedFile, type UploadSessions } from '../upload/upload-session.js';
import type { UploadTally } from '../upload/upload-tally.js';
import { teckenError } from './tecken-error.js';

const Announcement = z.object({
  files: z.array(z.object({ key: z.string(), size: z.number().int().min(0), md5_hash: z.string() })),
});

type Action =
  { type: 'upload'; url: string; content_encoding: 'gzip' | null } | { type: 'skip' } | { type: 'error'; msg: string };

const AnnouncementAnswer = z.object({
  id: z.string(),
  created_at: z.string(),
  user: z.object({ email: z.string() }),
  try_symbols: z.boolean(),
  upload_protocol: z.literal('put'),
  files: z.array(z.object({ key: z.string(), action: z.looseObject({ type: z.enum(['upload', 'skip', 'error']) }) })),
});

const place = z.object({ upload: z.string(), debugFile: z.string(), id: z.string(), fileName: z.string() });

export interface AnnouncedUploadOptions {
  store: SymbolStore;
  records: Pick<SymbolRecords, 'putUpload'>;
  tally: UploadTally;
  sessions: UploadSessions;
  arrivals: Arrivals;
  clock: Clock;
  server: () => ServerInfo;
}

/**
 * Uploads of version 2: a client announces its files with their sizes and MD5 and learns which ones are wanted and
 * where; it sends those one by one, in any order, again where one failed, and leaves out what is there.
 */
export function announcedUploadRoutes(options: AnnouncedUploadOptions): HttpRoute[] {
  return [
    defineRoute({
      id: 'symbols/announce',
      method: 'POST',
      path: '/upload/v2/',
      summary: 'Announce symbol files: which of them are wanted, and where they go',
      access: 'upload_symbols',
      request: { query: z.object({ try: z.string().optional() }), body: z.unknown() },
      response: AnnouncementAnswer,
      answerError: teckenError,
      handle: async ({ body, query, principal }) => ({
        status: 201,
        body: await announce(body, { isTry: query.try !== undefined, by: principal }, options),
      }),
    }),
    defineRoute({
      id: 'symbols/put',
      method: 'PUT',
      path: '/upload/v2/:upload/:debugFile/:id/:fileName',
      summary: 'Send one announced file; its address comes from the announcement and needs no token',
      access: 'open',
      request: { params: place, query: z.object({ secret: z.string().max(100) }) },
      response: z.object({ outcome: z.enum(['stored', 'same']) }),
      stream: true,
      answerError: teckenError,
      handle: async (request) => ({ body: await put(request, options) }),
    }),
  ];
}

async function announce(
  body: unknown,
  { isTry, by }: { isTry: boolean; by: { id: string; name: string } },
  { store, records, sessions, server, clock }: AnnouncedUploadOptions,
): Promise<z.input<typeof AnnouncementAnswer>> {
  const parsed = Announcement.safeParse(body);
  if (!parsed.success) throw new FaultlineError('Malformed', 'UPLOAD_BODY', 'malformed JSON request body');
  const { files } = parsed.data;
  if (files.length > mostAnnounced) throw new FaultlineError('Malformed', 'UPLOAD_TOO_MANY', 'too many files');
  const wanted: Record<string, AnnouncedFile> = {};
  const decisions: { key: string; action: Action | SymbolKey }[] = [];
  for (const { key: text, size, md5_hash } of files) {
    const key = symbolKeyOf(text);
    const md5 = md5_hash.toLowerCase();
    if (key === null) decisions.push({ key: text, action: { type: 'error', msg: 'invalid key' } });
    else if (!/^[0-9a-f]{32}$/.test(md5)) {
      decisions.push({ key: text, action: { type: 'error', msg: 'invalid MD5 hex digest' } });
    } else {
      const known = await store.find(key, isTry);
      const isThere = known?.size === size && known.md5 === md5;
      if (!isThere) wanted[keyText(key)] = { size, md5 };
      decisions.push({ key: text, action: isThere ? { type: 'skip' } : key });
    }
  }
  const { session, secret } = await sessions.open({ isTry, by: by.id, files: wanted });
  const createdAt = clock.now();
  const rejected = decisions.flatMap(({ key, action }) =>
    'type' in action && action.type === 'error' ? [{ key: key.slice(0, 200), reason: action.msg }] : [],
  );
  const left = Object.keys(wanted).length;
  await records.putUpload({
    id: session.id,
    name: files[0]?.key.slice(0, 200) ?? '',
    size: files.reduce((sum, { size }) => sum + size, 0),
    isTry,
    createdAt,
    completedAt: left === 0 ? createdAt : null,
    by: by.name,
    stored: 0,
    skipped: decisions.length - left - rejected.length,
    rejected: rejected.slice(0, mostRejected),
    announced: decisions.length - rejected.length,
  });
  const base = `${server().publicUrl()}/upload/v2/${session.id}`;
  const actionOf = (decision: Action | SymbolKey): Action => {
    if ('type' in decision) return decision;
    const address = keyText(decision).split('/').map(encodeURIComponent).join('/');
    return {
      type: 'upload',
      url: `${base}/${address}?secret=${secret}`,
      content_encoding: isSymbolFile(decision) ? 'gzip' : null,
    };
  };
  return {
    id: session.id,
    created_at: new Date(createdAt).toISOString(),
    user: { email: by.name },
    try_symbols: isTry,
    upload_protocol: 'put',
    files: decisions.map(({ key, action }) => ({ key, action: actionOf(action) })),
  };
}

async function put(
  { params, query, stream, signal }: HttpRequest<z.output<typeof place>, { secret: string }>,
  { store, sessions, arrivals, tally }: AnnouncedUploadOptions,
): Promise<{ outcome: 'stored' | 'same' }> {
  const session = await sessions.require(params.upload, query.secret);
  const key = parseSymbolKey(`${params.debugFile}/${params.id}/${params.fileName}`);
  const expected = session.files[keyText(key)];
  if (expected === undefined) {
    throw new FaultlineError('Malformed', 'UPLOAD_UNANNOUNCED', `${keyText(key)} was not announced in this upload.`);
  }
  const { isTry, by } = session;
  const verdict = await store.add({
    key,
    content: stream,
    isTry,
    uploadId: session.id,
    uploadedBy: by,
    expected,
    signal,
  });
  if (verdict.outcome === 'rejected') {
    await tally.note(session.id, { rejected: [{ key: keyText(key), reason: verdict.reason }] });
    throw new FaultlineError('Malformed', 'UPLOAD_REJECTED', `${keyText(key)}: ${verdict.reason}.`);
  }
  if (verdict.outcome === 'stored') await arrivals.note([verdict.record]);
  await tally.note(session.id, verdict.outcome === 'stored' ? { stored: 1 } : { skipped: 1 });
  return { outcome: verdict.outcome };
}
