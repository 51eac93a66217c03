import { asFaultlineError, isFaultlineError, type ErrorKind } from '@faultline/sdk/errors';

/** The one place where kinds become HTTP statuses. */
const statusOfKind: Record<ErrorKind, number> = {
  Malformed: 400,
  PermissionDenied: 403,
  NotFound: 404,
  Conflict: 409,
  TooLarge: 413,
  Unsupported: 415,
  Busy: 429,
  Unavailable: 503,
  Timeout: 504,
  Internal: 500,
};

export interface ErrorResponse {
  status: number;
  headers: Record<string, string>;
  body: { error: { code: string; message: string; hint?: string; details?: Record<string, unknown> } };
}

/**
 * An error as its answer. What is not an error of ours keeps its words to itself: they may hold paths or private data,
 * and the request id leads to them in the log.
 */
export function errorResponse(error: unknown, requestId: string): ErrorResponse {
  const known = isFaultlineError(error) ? error : null;
  if (known === null || known.kind === 'Internal') {
    const code = known?.code ?? 'INTERNAL';
    const hint = `The server's log has the reason under request ${requestId}.`;
    return {
      status: 500,
      headers: {},
      body: { error: { code, message: 'Something went wrong in the server.', hint } },
    };
  }
  const status = known.code === 'METHOD_NOT_ALLOWED' ? 405 : statusOfKind[known.kind];
  return {
    status,
    headers: known.kind === 'Busy' || known.kind === 'Unavailable' ? { 'retry-after': '5' } : {},
    body: { error: asFaultlineError(known).toJSON() },
  };
}
