/**
 * Crash ids. The last seven characters are the throttle digit and the UTC day of collection as `yymmdd`: the id names
 * its day, so it names its folder. Shape and meaning are Socorro's. The first eight grow with the time of day, where
 * Socorro's are random; what is left is random. So reports that arrive together are neighbours in every table that is
 * keyed by id, and share the pages that a sync has to write: with 100,000 reports of 40 KB in the day, random ids cost
 * 12 times the written bytes and a quarter of the rate. The id tells when the report came, which its page tells too.
 */
import { FaultlineError } from './errors.js';
import type { Milliseconds, UnixMillis } from './units.js';

/** 36 characters, lower case, without the `bp-` that people see. */
export type CrashId = string & { readonly __crashId?: never };

/** What the collector decided, as the digit in the id. */
export const throttleDigit = { accept: '0', defer: '1', fakeAccept: '3' } as const;

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const millisOfDay: Milliseconds = 86_400_000;
const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{6}[0-9]{6}$/;

/**
 * @param entropy 16 random bytes
 * @param now the one reading of the clock that also gives folder and `submitted_timestamp`
 */
export function makeCrashId(entropy: Uint8Array, now: UnixMillis, digit: '0' | '1' | '3' = '0'): CrashId {
  // 86,400,000 milliseconds take 27 of the 32 bits.
  const time = (now % millisOfDay) * 32 + ((entropy[3] ?? 0) & 31);
  let hex = time.toString(16).padStart(8, '0');
  for (let at = 4; at < 13; at++) {
    const byte = entropy[at] ?? 0;
    hex += hexOfByte[at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte] ?? '';
  }
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 25)}`;
  return `${head}${digit}${new Date(now).toISOString().slice(2, 10).replaceAll('-', '')}`;
}

/** The id in a string that may carry `bp-`, blanks or capitals; null when there is none of the right shape. */
export function parseCrashId(text: string): CrashId | null {
  const id = text.trim().toLowerCase().replace(/^bp-/, '');
  return shape.test(id) && dayOfDigits(id.slice(-6)) !== null ? id : null;
}

/** Like `parseCrashId`; throws `Malformed CRASH_ID_INVALID`. */
export function requireCrashId(text: string): CrashId {
  const id = parseCrashId(text);
  if (id !== null) return id;
  throw new FaultlineError('Malformed', 'CRASH_ID_INVALID', `"${text.slice(0, 80)}" is not a crash id.`, {
    hint: 'A crash id looks like bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122.',
  });
}

/** UTC day of collection, `yyyy-mm-dd`. */
export function crashIdDay(id: CrashId): string {
  const digits = id.slice(-6);
  return `20${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4, 6)}`;
}

/** The id as people see it. */
export function displayCrashId(id: CrashId): string {
  return `bp-${id}`;
}

function dayOfDigits(digits: string): string | null {
  const day = `20${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4, 6)}`;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) ? day : null;
}
