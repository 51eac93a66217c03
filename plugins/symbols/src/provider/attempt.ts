import { asFaultlineError } from '@faultline/sdk/errors';
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';

/** Starts timing one attempt; the function returned ends it. */
export function startAttempt(
  source: string,
  location: string,
): (status: SymbolAttempt['status'], bytes?: number, reason?: string) => SymbolAttempt {
  const start = performance.now();
  return (status, bytes = 0, reason) => ({
    source,
    location,
    status,
    milliseconds: Math.round((performance.now() - start) * 100) / 100,
    bytes,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** An attempt's status for something thrown. */
export function statusOf(error: unknown): { status: SymbolAttempt['status']; reason: string } {
  const { kind, message } = asFaultlineError(error);
  if (kind === 'TooLarge') return { status: 'too-large', reason: message };
  if (kind === 'Timeout') return { status: 'timeout', reason: message };
  if (kind === 'PermissionDenied') return { status: 'denied', reason: message };
  if (kind === 'NotFound') return { status: 'not-found', reason: message };
  if (kind === 'Malformed' || kind === 'Unsupported') return { status: 'malformed', reason: message };
  return { status: 'unavailable', reason: message };
}
