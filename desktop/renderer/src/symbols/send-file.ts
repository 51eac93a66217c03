import { ApiError } from '../api/api-error.js';

export interface SendOptions {
  address: string;
  csrfToken: string | null;
  signal: AbortSignal;
  /** Bytes of the body sent so far, and in all. */
  onProgress(sent: number, total: number): void;
}

/** Sends a file with progress, which `fetch` does not tell. A zip goes as a form, anything else as the body. */
export function sendFile<T>(file: File, options: SendOptions): Promise<T> {
  const { address, csrfToken, signal, onProgress } = options;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address);
    request.setRequestHeader('accept', 'application/json');
    if (csrfToken !== null) request.setRequestHeader('x-faultline-csrf', csrfToken);
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded, event.total));
    request.addEventListener('load', () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as T);
      else reject(refusal(request.status, body));
    });
    request.addEventListener('error', () =>
      reject(new ApiError(0, 'UPLOAD_CUT', 'The connection was cut.', 'Drop the file again.')),
    );
    request.addEventListener('abort', () => reject(new ApiError(0, 'UPLOAD_CANCELLED', 'Cancelled.', '')));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(isZip(file) ? formOf(file) : file);
  });
}

export function isZip(file: { name: string }): boolean {
  return /\.zip$/i.test(file.name);
}

/** What R8 and ProGuard write beside an app. */
export function isMapping(file: { name: string }): boolean {
  return /mapping[^/]*\.txt(\.gz)?$/i.test(file.name);
}

/** The form of Tecken's uploads: the field's name says that it is a zip. */
function formOf(file: File): FormData {
  const form = new FormData();
  form.append('symbols.zip', file);
  return form;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: its status says more.
    return null;
  }
}

/** Our errors have a code and words; those of Tecken's addresses are words alone. */
function refusal(status: number, body: unknown): ApiError {
  const error = (body as { error?: unknown } | null)?.error;
  if (typeof error === 'string') return new ApiError(status, 'UPLOAD_REFUSED', error, '');
  const { code, message, hint } = (error ?? {}) as { code?: string; message?: string; hint?: string };
  return new ApiError(status, code ?? 'UPLOAD_FAILED', message ?? `The server answered ${status}.`, hint ?? '');
}
