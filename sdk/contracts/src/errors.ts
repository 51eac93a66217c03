/**
 * The one error vocabulary. A thrower states facts: a kind, a stable code, a sentence, details. The surface (HTTP,
 * CLI, screen) decides how to show them; HTTP statuses are mapped in one file of the server.
 */

/** Closed list of kinds. */
export const errorKinds = [
  'Malformed',
  'PermissionDenied',
  'NotFound',
  'Conflict',
  'TooLarge',
  'Unsupported',
  'Busy',
  'Unavailable',
  'Timeout',
  'Internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

export interface FaultlineErrorOptions {
  /** What the person can do about it; a whole sentence. */
  hint?: string;
  /** Facts for programs: ids, names, limits. No private data. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** An error of ours. `code` is stable and searchable (`SYMBOLS_NOT_FOUND`), `message` is for people. */
export class FaultlineError extends Error {
  override readonly name = 'FaultlineError';
  readonly hint: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    options: FaultlineErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  /** The same call may succeed later without a change by the caller. */
  get isRetryable(): boolean {
    return this.kind === 'Busy' || this.kind === 'Unavailable' || this.kind === 'Timeout';
  }

  /** What may be shown or sent: never the stack, never the cause. */
  toJSON(): { code: string; message: string; hint?: string; details?: Record<string, unknown> } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: this.details }),
    };
  }
}

/** True for our own errors, also those of another copy of this module. */
export function isFaultlineError(error: unknown): error is FaultlineError {
  return error instanceof Error && error.name === 'FaultlineError' && 'kind' in error && 'code' in error;
}

/** Any thrown value as one of ours; what is not ours becomes `Internal`, with the original as its cause. */
export function asFaultlineError(error: unknown, code = 'INTERNAL'): FaultlineError {
  if (isFaultlineError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FaultlineError('Internal', code, message, { cause: error });
}

/** Code of an error of the system or of Node, "ENOENT", "ECONNREFUSED"; empty for anything else. */
export function systemErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * For the `catch` of a reading of files: null for what is not there.
 * @throws the error itself when it is another one, e.g. EACCES
 */
export function nullWhenAbsent(error: unknown): null {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
