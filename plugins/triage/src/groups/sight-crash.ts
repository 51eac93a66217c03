import type { CrashId, UnixMillis } from '@faultline/sdk';
import type { VersionOverrides } from '@faultline/signature/version-order';
import type { GroupRecord } from './group-record.js';
import { isAfter, isAtOrAfter, type CrashRelease } from './release-order.js';

export interface SightedCrash extends CrashRelease {
  crashId: CrashId;
}

/** Crashes remembered so that one is not counted twice. */
const mostRecent = 200;

/** What a crash makes of its group by itself; `what` "" is a count that no history shows. */
export interface SightedChange {
  record: GroupRecord;
  what: '' | 'regress' | 'unmute';
  text: string;
}

/**
 * A resolved group that returns has regressed, but only in the version that was to have the fix or a later one: old
 * versions go on crashing for years. A muted one comes back at its limit. Null when nothing changes.
 */
export function sightCrash(
  record: GroupRecord,
  crash: SightedCrash,
  { now, overrides }: { now: UnixMillis; overrides: VersionOverrides },
): SightedChange | null {
  if (record.state === 'resolved') return regressed(record, crash, now, overrides);
  if (record.state === 'muted') return counted(record, crash, now, overrides);
  return null;
}

function regressed(
  record: GroupRecord,
  crash: SightedCrash,
  now: UnixMillis,
  overrides: VersionOverrides,
): SightedChange | null {
  const { resolvedIn, resolvedAfter } = record;
  const isBack =
    resolvedIn === null
      ? isAfter(
          crash,
          Object.hasOwn(resolvedAfter ?? {}, crash.product) ? resolvedAfter?.[crash.product] : undefined,
          overrides,
        )
      : isAtOrAfter(crash, resolvedIn, overrides);
  if (!isBack) return null;
  const { product, version, build, crashId } = crash;
  return {
    record: { ...record, state: 'regressed', since: now, regression: { product, version, build, crashId, at: now } },
    what: 'regress',
    text: `came back in ${[product, version].filter((part) => part !== '').join(' ')}`,
  };
}

function counted(
  record: GroupRecord,
  crash: SightedCrash,
  now: UnixMillis,
  overrides: VersionOverrides,
): SightedChange | null {
  const { muted } = record;
  if (muted === null || muted.recent.includes(crash.crashId)) return null;
  const { count, release } = muted.until;
  const unmuted = (text: string): SightedChange => ({
    record: { ...record, state: 'open', since: now, muted: null },
    what: 'unmute',
    text,
  });
  if (release !== null && isAtOrAfter(crash, release, overrides)) return unmuted(`seen in ${crash.version}`);
  if (count === null) return null;
  const seen = muted.seen + 1;
  if (seen >= count) return unmuted(`${seen} more crashes`);
  const recent = [crash.crashId, ...muted.recent].slice(0, mostRecent);
  return { record: { ...record, muted: { ...muted, seen, recent } }, what: '', text: '' };
}
