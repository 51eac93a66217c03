/** A form with a zip, taken by @koa/multer onto the disk: a zip is read from its end, so it must be whole first. */
import { mkdir, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import multer from '@koa/multer';
import type { HttpRequest } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { MulterError } from 'multer';

export interface ReceivedForm {
  /** The first file, and whatever else the form had in fields. */
  file: { fieldName: string; path: string; size: number } | null;
  fields: Record<string, string>;
}

/** Of a form without files. */
const longestFields = 64 * 1024;

type FormRequest = Pick<HttpRequest, 'headers' | 'stream' | 'signal'>;

/** What @koa/multer leaves on the context. */
interface FormContext {
  req: Readable & { headers: FormRequest['headers'] };
  res: object;
  request: { body?: Record<string, unknown>; files?: { fieldname: string; path: string; size: number }[] };
}

/**
 * Hands the form to `use`; its files are gone afterwards.
 * Throws `TooLarge UPLOAD_TOO_LARGE`, `Malformed UPLOAD_FORM_DAMAGED`.
 */
export async function withForm<T>(
  request: FormRequest,
  { folder, maxBytes }: { folder: string; maxBytes: number },
  use: (form: ReceivedForm) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  if (/^application\/x-www-form-urlencoded\b/i.test(String(request.headers['content-type'] ?? ''))) {
    return use({ file: null, fields: await urlencodedFields(request.stream) });
  }
  const body = Readable.from(request.stream, { objectMode: false });
  const context: FormContext = { req: Object.assign(body, { headers: request.headers }), res: {}, request: {} };
  // It uses these parts of a Koa context, and nothing else.
  const middleware = multer({
    dest: folder,
    limits: { fileSize: maxBytes, files: 4, fields: 20, fieldSize: 64 * 1024, fieldNameSize: 1000, parts: 30 },
  }).any() as (context: FormContext, next: () => Promise<void>) => Promise<void>;
  const files = () => context.request.files ?? [];
  try {
    await middleware(context, () => Promise.resolve());
    const [file] = files();
    return await use({
      file: file === undefined ? null : { fieldName: file.fieldname, path: file.path, size: file.size },
      fields: Object.fromEntries(
        Object.entries(context.request.body ?? {}).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
      ),
    });
  } catch (error) {
    throw formError(error, maxBytes);
  } finally {
    for (const { path } of files()) await rm(path, { force: true });
  }
}

async function urlencodedFields(stream: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > longestFields) {
      throw new FaultlineError('TooLarge', 'UPLOAD_TOO_LARGE', `The form is larger than ${longestFields} bytes.`);
    }
    chunks.push(chunk);
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}

function formError(error: unknown, maxBytes: number): unknown {
  if (error instanceof FaultlineError) return error;
  if (error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE') {
    return new FaultlineError('TooLarge', 'UPLOAD_TOO_LARGE', `The upload is larger than ${maxBytes} bytes.`, {
      hint: 'Split it, or raise symbols.upload.maxSize.',
    });
  }
  if (error instanceof MulterError) {
    return new FaultlineError('Malformed', 'UPLOAD_FORM_REFUSED', `The form is refused: ${error.message}.`);
  }
  // busboy's own words: a form that ends early, a missing boundary.
  const isForm = error instanceof Error && /form|boundary|part|multipart/i.test(error.message);
  if (!isForm) return error;
  return new FaultlineError('Malformed', 'UPLOAD_FORM_DAMAGED', `The form can't be read: ${error.message}.`, {
    hint: 'Was the upload cut off? Send it again.',
  });
}
