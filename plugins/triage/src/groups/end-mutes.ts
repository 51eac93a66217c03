import type { Clock, Job } from '@faultline/sdk';
import type { GroupAnnouncer } from './group-announcer.js';
import { asOf } from './group-record.js';
import type { GroupStore } from './group-store.js';

/**
 * Opens groups whose mute has reached its date, and tells so. Shown as open they are from that moment on, whether this
 * has run or not.
 */
export function endMutesJob({
  groups,
  announcer,
  clock,
}: {
  groups: GroupStore;
  announcer: GroupAnnouncer;
  clock: Clock;
}): Job {
  return {
    id: 'triage/end-mutes',
    title: 'Open groups whose mute is over',
    schedule: { every: 60_000 },
    async run(run) {
      let opened = 0;
      for (const record of (await groups.all()).map.records()) {
        if (record.state !== 'muted' || asOf(record, clock.now()) === record) continue;
        await run.pausePoint();
        let isOpened = false;
        const state = await groups.update(record, ({ record: current }) => {
          const now = clock.now();
          const after = asOf(current, now);
          isOpened = after !== current;
          if (!isOpened) return null;
          const text = `the mute ended on ${new Date(after.since).toISOString().slice(0, 10)}`;
          const at = new Date(now).toISOString();
          return { record: after, entry: { at, actor: '', actorName: '', what: 'unmute', text, operation: '' } };
        });
        if (!isOpened) continue;
        opened += 1;
        announcer.changed(state, 'unmute');
      }
      return { opened };
    },
  };
}
