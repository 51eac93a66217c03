import type { Clock, CrashSink, ProcessedCrash } from '@faultline/sdk';
import type { VersionOverrides } from '@faultline/signature/version-order';
import type { GroupAnnouncer } from '../groups/group-announcer.js';
import type { GroupStore } from '../groups/group-store.js';
import type { RecentGroups } from '../groups/recent-groups.js';
import { sightCrash } from '../groups/sight-crash.js';
import { walkedFrames } from '../top-frames.js';
import type { SightingStore } from './sighting-store.js';

/** Frames whose modules and files say whose code it is. */
const framesForOwners = 10;

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
      for (const { crash } of batch) {
        signal.throwIfAborted();
        await take(parts, crash);
      }
    },
    remove: (_ids, signal) => parts.eraseAgain(signal),
  };
}

async function take(parts: GroupSinkParts, crash: ProcessedCrash): Promise<void> {
  const { groups, sightings, announcer, clock, overrides } = parts;
  const { signature } = crash;
  if (signature === '') return;
  const appearance = {
    product: textOf(crash['product']),
    version: textOf(crash['version']),
    build: textOf(crash['build']),
    date: crash.submitted_timestamp,
  };
  await sightings.add({ signature, ...appearance, modules: () => modulesOf(crash), paths: () => pathsOf(crash) });

  const group = (await parts.recent.map()).groupOf(signature);
  const sighted = { ...appearance, crashId: crash.crash_id };
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

function modulesOf(crash: ProcessedCrash): string[] {
  return distinct(walkedFrames(crash['json_dump'], framesForOwners).map(({ module }) => module));
}

function pathsOf(crash: ProcessedCrash): string[] {
  return distinct(walkedFrames(crash['json_dump'], framesForOwners).map(({ file }) => file));
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts.map((text) => text.slice(0, 500)))].filter((text) => text !== '').slice(0, framesForOwners);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}
