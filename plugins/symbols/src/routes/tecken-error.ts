import type { ErrorKind, FaultlineError } from '@faultline/sdk';

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

/** For paths that answer errors in another product's form. */
export function httpStatusOf({ kind }: Pick<FaultlineError, 'kind'>): number {
  return statuses[kind];
}
