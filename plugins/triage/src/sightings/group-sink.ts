import type { Clock, CrashSink, ProcessedCrash } from '@faultline/sdk';
import type { VersionOverrides } from '@faultline/signature/version-order';
import type { GroupAnnouncer } from '../groups/group-announcer.js';
import type { GroupStore } from '../groups/group-store.js';
import type { RecentGroups } from '../groups/recent-groups.js';
import { sightCrash } from '../groups/sight-crash.js';
import { seenCrash } from './seen-crash.js';
import type { SightingStore } from './sighting-store.js';

export interface GroupSinkParts {
  groups: GroupStore;
  sightings: SightingStore;
  announcer: GroupAnnouncer;
  clock: Clock;
  overrides: VersionOverrides;
  recent: RecentGroups;
  /** Crashes were erased: what a delivery that was under way has brought back. */
  eraseAgain(signal: AbortSignal): Promise<void>;
}

/** Sees each processed crash once: keeps first and last appearances, and lets resolved and muted groups come back. */
export function groupSink(parts: GroupSinkParts): CrashSink {
  return {
    id: 'triage',
    title: 'Groups',
    async deliver(batch, signal) {
      const taken = await Promise.allSettled(
        bySignature(batch.map(({ crash }) => crash)).map((crashes) => takeInOrder(parts, crashes, signal)),
      );
      for (const each of taken) if (each.status === 'rejected') throw each.reason;
    },
    remove: (_ids, signal) => parts.eraseAgain(signal),
  };
}

function bySignature(crashes: readonly ProcessedCrash[]): ProcessedCrash[][] {
  const groups = new Map<string, ProcessedCrash[]>();
  for (const crash of crashes) {
    const group = groups.get(crash.signature);
    if (group === undefined) groups.set(crash.signature, [crash]);
    else group.push(crash);
  }
  return [...groups.values()];
}

/** Signatures beside each other: what each writes waits for the disk once for all of them. */
async function takeInOrder(parts: GroupSinkParts, crashes: readonly ProcessedCrash[], signal: AbortSignal) {
  for (const crash of crashes) {
    signal.throwIfAborted();
    await take(parts, crash);
  }
}

async function take(parts: GroupSinkParts, crash: ProcessedCrash): Promise<void> {
  const { groups, sightings, announcer, clock, overrides } = parts;
  if (crash.signature === '') return;
  const seen = seenCrash(crash);
  await sightings.add(seen);

  const group = (await parts.recent.map()).groupOf(crash.signature);
  const { product, version, build, date } = seen;
  const sighted = { product, version, build, date, crashId: crash.crash_id };
  if (sightCrash(group, sighted, { now: clock.now(), overrides }) === null) return;
  let what = '';
  const after = await groups.update(group, ({ record }) => {
    const now = clock.now();
    const change = sightCrash(record, sighted, { now, overrides });
    what = change?.what ?? '';
    if (change === null) return null;
    if (change.what === '') return { record: change.record, entry: null };
    const at = new Date(now).toISOString();
    const entry = { at, actor: '', actorName: '', what: change.what, text: change.text, operation: '' };
    return { record: change.record, entry };
  });
  if (what !== '') announcer.changed(after, what);
}
