import { createHash, timingSafeEqual } from 'node:crypto';
import type { CrashId } from '@faultline/sdk';
import { MalformedReport } from './malformed-report.js';

/** Ids that a submitter may bring: accepted or deferred ones. */
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{5}[01][0-9]{6}$/;

/** Whether the request may bring its own crash id; compares in constant time. */
export function mayPresetId(authorization: string | undefined, token: string | undefined): boolean {
  if (token === undefined || authorization === undefined) return false;
  const given = /^Bearer (.+)$/.exec(authorization)?.[1] ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** The id in the annotation `uuid`; throws `invalid_uuid`. */
export function presetId(value: unknown): CrashId {
  if (typeof value === 'string' && shape.test(value)) return value;
  throw new MalformedReport('invalid_uuid');
}
