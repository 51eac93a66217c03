/** What a crash reporter is told. Bodies and statuses are Antenna's, byte for byte (clients parse them). */
import { displayCrashId, type CrashId, type HttpResponse } from '@faultline/sdk';
import type { MalformedReason } from './malformed-report.js';

const headers = { 'content-type': 'text/plain; charset=utf-8' };

export function accepted(id: CrashId, as: 'CrashID' | 'bare id'): HttpResponse {
  return { status: 200, headers, body: as === 'CrashID' ? `CrashID=${displayCrashId(id)}\n` : id };
}

export function throttled(rule: string): HttpResponse {
  return { status: 200, headers, body: `Discarded=rule_${rule}` };
}

/** 400 tells a client never to send this again. */
export function malformed(reason: MalformedReason): HttpResponse {
  return { status: 400, headers, body: `Discarded=malformed_${reason}`, closeConnection: true };
}

export function unauthorizedId(): HttpResponse {
  return { status: 401, headers, body: 'Discarded=unauthorized_uuid' };
}

export function wrongSubmitKey(): HttpResponse {
  return { status: 401, headers, body: 'Discarded=unauthorized_key' };
}

/** Too many in the last minute. */
export function limited(reason: string, seconds: number): HttpResponse {
  return {
    status: 429,
    headers: { ...headers, 'retry-after': String(seconds) },
    body: `Discarded=limited_${reason}`,
    closeConnection: true,
  };
}

export function tooLarge(): HttpResponse {
  return { status: 413, headers, body: 'Discarded=too_large', closeConnection: true };
}

/** Nothing was stored; clients may retry 503. */
export function unavailable(seconds: number): HttpResponse {
  return {
    status: 503,
    headers: { ...headers, 'retry-after': String(seconds) },
    body: 'Unavailable: the report could not be stored. Send it again later.',
    closeConnection: true,
  };
}
