import type { Job, JobRunState, Permission, UnixMillis } from '@faultline/sdk';
import type { JobList, JobRunShape } from '@faultline/sdk/api';
import type { JobRecord } from './job-run-store.js';

export function describeJob(
  job: Job,
  facts: {
    plugin: string;
    memory: JobRecord | null;
    dueAt: UnixMillis | null;
    permission: Permission;
    running: string[];
  },
): JobList['jobs'][number] {
  const { plugin, memory, dueAt, permission, running } = facts;
  return {
    id: job.id,
    title: job.title,
    plugin,
    schedule: scheduleText(job.schedule),
    backfill: job.backfill === true,
    takesParams: job.params !== undefined,
    permission,
    dueAt: dateOf(dueAt === Infinity ? null : dueAt),
    lastSuccess: dateOf(memory?.lastSuccess ?? null),
    failures: memory?.failures ?? 0,
    running,
  };
}

export function shapeOfRun(state: JobRunState): JobRunShape {
  return {
    ...state,
    slot: new Date(state.slot).toISOString(),
    startedAt: dateOf(state.startedAt),
    endedAt: dateOf(state.endedAt),
    error:
      state.error === null
        ? null
        : { code: state.error.code, message: state.error.message, hint: state.error.hint ?? null },
  };
}

/** "every 5 minutes", "0 4 * * * (UTC)", or "" for a job that only runs when asked. */
function scheduleText(schedule: Job['schedule']): string {
  if (schedule === undefined) return '';
  if ('cron' in schedule) return `${schedule.cron} (UTC)`;
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const [name, size] = units.find(([, size]) => schedule.every % size === 0) ?? (['millisecond', 1] as const);
  const count = schedule.every / size;
  return count === 1 ? `every ${name}` : `every ${count} ${name}s`;
}

function dateOf(time: UnixMillis | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
