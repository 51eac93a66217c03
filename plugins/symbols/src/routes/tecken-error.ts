import type { ErrorKind, FaultlineError, HttpResponse } from '@faultline/sdk';

const statuses: Record<ErrorKind, number> = {
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

/** An error as Tecken's clients read it. */
export function teckenError({ kind, message, hint }: FaultlineError): HttpResponse {
  return { status: statuses[kind], body: { error: hint === undefined ? message : `${message} ${hint}` } };
}
