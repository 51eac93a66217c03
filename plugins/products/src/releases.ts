/** Releases as they are stored and as others see them. */
import type { Release, ReleaseFacts, StateKey } from '@faultline/sdk';
import { compareVersions } from '@faultline/signature/version-order';

export interface StoredRelease extends Omit<ReleaseFacts, 'date'> {
  declaredDate: string | null;
  isDeclared: boolean;
  /** ISO 8601; "" when no report came. */
  firstSeen: string;
}

export function releaseKey(
  prefix: readonly [string, ...string[]],
  { product, channel, version, buildId }: Pick<ReleaseFacts, 'product' | 'channel' | 'version' | 'buildId'>,
): StateKey {
  return [...prefix, product, channel, version, buildId];
}

export function releaseOf({ declaredDate, ...stored }: StoredRelease): Release {
  const date = declaredDate ?? buildDate(stored.buildId) ?? stored.firstSeen;
  return { ...stored, date: Number.isNaN(Date.parse(date)) ? '' : new Date(date).toISOString() };
}

/** ISO 8601 of a build id that begins with year, month and day (`20261120093000`); null for others. */
export function buildDate(buildId: string): string | null {
  const match = /^(20\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?/.exec(buildId);
  if (match === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** Newest first; of one day the highest version, then the highest build id. */
export function newestFirst(a: Release, b: Release): number {
  const days = b.date.slice(0, 10).localeCompare(a.date.slice(0, 10));
  return days || compareVersions(b.version, a.version) || (a.buildId < b.buildId ? 1 : -1);
}
