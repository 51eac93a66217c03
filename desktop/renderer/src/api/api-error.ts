import type { ErrorBody } from '@faultline/sdk/api';

/** What went wrong with a request, in words for people. `status` is 0 when no answer came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = '',
    /** What the server adds for programs, by the code. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  get isUnreachable(): boolean {
    return this.status === 0;
  }

  get isNotAllowed(): boolean {
    return this.status === 401 || this.status === 403;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}

export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(-1, 'SCREEN_FAILED', message, 'This is a fault of the page. Reload it; if it stays, report it.');
}

export function unreachable(): ApiError {
  return new ApiError(
    0,
    'SERVER_UNREACHABLE',
    'The server does not answer.',
    'Check that it runs. This page tries again by itself.',
  );
}

/** From an answer that is not a success: our error body where there is one, else the status in words. */
export async function errorOfResponse(response: Response): Promise<ApiError> {
  const text = await response.text();
  const body = errorBody(text);
  if (body !== null) return new ApiError(response.status, body.code, body.message, body.hint ?? '', body.details ?? {});
  return new ApiError(
    response.status,
    `HTTP_${response.status}`,
    `The server answered ${response.status} ${response.statusText}`.trim() + '.',
    response.status >= 500 ? 'The server log says more.' : '',
  );
}

function errorBody(text: string): ErrorBody['error'] | null {
  try {
    const value = JSON.parse(text) as Partial<ErrorBody> | null;
    const error = value?.error;
    return typeof error?.code === 'string' && typeof error.message === 'string' ? error : null;
  } catch {
    // A proxy in between answers in HTML; the status says enough.
    return null;
  }
}
