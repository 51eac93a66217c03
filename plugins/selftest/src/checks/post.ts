import { randomUUID } from 'node:crypto';
import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Subject } from './check.js';

export interface PostAnswer {
  status: number;
  text: string;
}

/** A form as crash reporters send it. */
export function formOf(
  annotations: Readonly<Record<string, string>>,
  dump: Uint8Array | null,
): { body: Buffer; contentType: string } {
  const boundary = `selftest-${randomUUID()}`;
  const chunks = Object.entries(annotations).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  if (dump !== null) {
    const head = 'Content-Disposition: form-data; name="upload_file_minidump"; filename="selftest.dmp"';
    chunks.push(Buffer.from(`--${boundary}\r\n${head}\r\nContent-Type: application/octet-stream\r\n\r\n`));
    chunks.push(Buffer.from(dump), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(chunks), contentType: `multipart/form-data; boundary=${boundary}` };
}

/**
 * Posts to `/submit` with exactly these headers: no client library would send wrong ones.
 *
 * @param body sent in chunks when the headers name no length; null: nothing follows the headers, and the answer has to
 *   come all the same
 */
export function post(
  { url, submitKey, answerLimit, signal }: Pick<Subject, 'url' | 'submitKey' | 'answerLimit' | 'signal'>,
  headers: Record<string, string>,
  body: Buffer | null,
): Promise<PostAnswer> {
  const options: RequestOptions = { method: 'POST', headers, signal, agent: false };
  const target = new URL(`${url.pathname.replace(/\/+$/, '')}/submit`, url);
  if (submitKey !== null) target.searchParams.set('key', submitKey);
  const request = (target.protocol === 'https:' ? secureRequest : plainRequest)(target, options);
  return new Promise((resolve, reject) => {
    const late = new Error(`no answer within ${answerLimit / 1000} s`);
    const timer = setTimeout(() => request.destroy(late), answerLimit);
    let isAnswered = false;
    request.once('response', (response) => {
      isAnswered = true;
      textOf(response)
        .then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
        .finally(() => request.destroy());
    });
    request.once('error', reject);
    // An answer that switches protocols, as a misled proxy gives it, ends the request without a response or an error.
    request.once('close', () => {
      clearTimeout(timer);
      if (!isAnswered) reject(new Error('the connection was closed without an answer'));
    });
    if (body === null) {
      request.flushHeaders();
      return;
    }
    // In pieces, as Crashpad does it.
    const half = Math.floor(body.length / 2);
    request.write(body.subarray(0, half));
    request.end(body.subarray(half));
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > 100_000) break;
  }
  return text;
}
