import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, HttpRoute, HttpRequest, HttpResponse, Milliseconds, Random } from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { Arrivals } from '../store/arrivals.js';
import { keyText } from '../store/symbol-key.js';
import { mostRejected, type SymbolRecords, type UploadRecord } from '../store/symbol-records.js';
import type { SymbolStore } from '../store/symbol-store.js';
import { fetchZip } from '../upload/fetch-zip.js';
import { withForm, type ReceivedForm } from '../upload/receive-form.js';
import { storeZip, type ZipOutcome } from '../upload/store-zip.js';
import type { ZipLimits } from '../upload/zip-members.js';
import { teckenError } from './tecken-error.js';

export interface UploadRoutesOptions {
  store: SymbolStore;
  records: SymbolRecords;
  arrivals: Arrivals;
  clock: Clock;
  random: Random;
  /** Where forms are kept while they are read. */
  folder: string;
  maxBytes: number;
  limits: ZipLimits;
  /** Hosts that an upload by URL may name. */
  allowedHosts: readonly string[];
  /** Parts of names that no file of a zip may have. */
  refusedNames: readonly string[];
  urlTimeout: Milliseconds;
}

/** Uploads as Tecken's clients send them: version 1, one zip in a form. Errors are `{"error": "..."}`. */
export function uploadRoutes(options: UploadRoutesOptions): HttpRoute[] {
  return [
    {
      id: 'symbols/upload',
      method: 'POST',
      path: '/upload/',
      summary: 'Upload symbols: a form whose first file is a zip of <debug file>/<debug id>/<name>.sym',
      access: 'upload_symbols',
      stream: true,
      produces: 'application/json',
      answerError: teckenError,
      handle: (request) => takeUpload(request, options),
    },
    {
      id: 'symbols/upload-auth-info',
      method: 'POST',
      path: '/upload/auth_info/',
      summary: 'Whose token this is, and what it may upload',
      access: 'upload_symbols',
      produces: 'application/json',
      answerError: teckenError,
      handle: ({ principal }) => ({
        body: {
          email: principal.name,
          user_id: principal.id,
          try_symbols: false,
          // Seconds since 1970, as Tecken has it.
          token_expires_at: typeof principal.expiresAt === 'number' ? Math.floor(principal.expiresAt / 1000) : null,
          upload_api_version: 1,
        },
      }),
    },
  ];
}

async function takeUpload(request: HttpRequest, options: UploadRoutesOptions): Promise<HttpResponse> {
  const { folder, maxBytes } = options;
  return withForm(request, { folder, maxBytes }, async (form) => {
    const url = form.file === null ? form.fields['url'] : undefined;
    if (url === undefined)
      return storeForm(request, form, { ...zipOf(form), redirectUrls: [], downloadUrl: null }, options);
    const file = path.join(folder, `url-${Buffer.from(options.random.bytes(8)).toString('hex')}`);
    try {
      const { allowedHosts, urlTimeout: timeout } = options;
      const fetched = await fetchZip(url, file, { allowedHosts, maxBytes, timeout, signal: request.signal });
      const zip = { ...fetched, fieldName: fetched.name, path: file, downloadUrl: url };
      return await storeForm(request, form, zip, options);
    } finally {
      await rm(file, { force: true });
    }
  });
}

interface ReceivedZip {
  fieldName: string;
  path: string;
  size: number;
  /** Of an upload by URL. */
  downloadUrl: string | null;
  redirectUrls: string[];
}

async function storeForm(
  request: HttpRequest,
  form: ReceivedForm,
  file: ReceivedZip,
  options: UploadRoutesOptions,
): Promise<HttpResponse> {
  const upload = newUpload(request, file, { ...options, isTry: isTry(form, request) });
  const { records, arrivals, clock, limits, refusedNames } = options;
  await records.putUpload(upload);
  const outcome: ZipOutcome = { stored: [], skipped: [], rejected: [] };
  try {
    const { isTry: ofTry, id: uploadId } = upload;
    const by = { isTry: ofTry, uploadId, uploadedBy: request.principal.id };
    const zip = { file: file.path, limits, refusedNames, signal: request.signal, ...by };
    await storeZip(options.store, zip, outcome);
  } catch (error) {
    const problem = asFaultlineError(error).message;
    await records.putUpload({ ...completed(upload, outcome, clock.now()), problem });
    throw error;
  } finally {
    // Also of a zip that ends in an error: what is stored is there, and crashes wait for it.
    await arrivals.note(outcome.stored);
  }
  const done = completed(upload, outcome, clock.now());
  await records.putUpload(done);
  if (outcome.stored.length === 0 && outcome.skipped.length === 0) {
    const [first] = outcome.rejected;
    throw new FaultlineError(
      'Malformed',
      'UPLOAD_REJECTED',
      `No file could be used. ${first === undefined ? '' : `${first.key}: ${first.reason}.`}`,
    );
  }
  return { status: 201, body: { upload: answerOf(done, outcome, file) } };
}

function zipOf({ file }: ReceivedForm): NonNullable<ReceivedForm['file']> {
  if (file === null)
    throw new FaultlineError('Malformed', 'UPLOAD_WITHOUT_FILE', 'Must be multipart form data with at least one file');
  if (!/\.zip$/i.test(file.fieldName)) {
    throw new FaultlineError('Malformed', 'UPLOAD_NO_ZIP', 'Unrecognized archive file extension');
  }
  return file;
}

function isTry(form: ReceivedForm, { url }: HttpRequest): boolean {
  return form.fields['try'] !== undefined || new URL(url, 'http://x').searchParams.has('try');
}

function newUpload(
  { principal }: HttpRequest,
  file: Pick<ReceivedZip, 'fieldName' | 'size'>,
  facts: { clock: Clock; random: Random; isTry: boolean },
): UploadRecord {
  const createdAt = facts.clock.now();
  return {
    id: `${createdAt.toString(36).padStart(9, '0')}${Buffer.from(facts.random.bytes(4)).toString('hex')}`,
    name: file.fieldName.slice(0, 200),
    size: file.size,
    isTry: facts.isTry,
    createdAt,
    completedAt: null,
    by: principal.name,
    stored: 0,
    skipped: 0,
    rejected: [],
  };
}

function completed(upload: UploadRecord, outcome: ZipOutcome, completedAt: number): UploadRecord {
  return {
    ...upload,
    completedAt,
    stored: outcome.stored.length,
    skipped: outcome.skipped.length,
    rejected: outcome.rejected.slice(0, mostRejected),
  };
}

/** The names that clients of Tecken know, and `stored_keys` and `rejected_keys` of ours. */
function answerOf(upload: UploadRecord, outcome: ZipOutcome, file: ReceivedZip): object {
  return {
    id: upload.id,
    size: upload.size,
    filename: upload.name,
    bucket: upload.isTry ? 'try' : 'symbols',
    download_url: file.downloadUrl,
    try_symbols: upload.isTry,
    redirect_urls: file.redirectUrls,
    completed_at: new Date(upload.completedAt ?? upload.createdAt).toISOString(),
    created_at: new Date(upload.createdAt).toISOString(),
    user: { email: upload.by },
    skipped_keys: outcome.skipped.map(({ key }) => keyText(key)),
    stored_keys: outcome.stored.map(({ key }) => keyText(key)),
    rejected_keys: outcome.rejected,
  };
}
