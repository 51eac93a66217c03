/** Which slot of a schedule is to run next: pure arithmetic over UTC dates. */
import { Cron } from 'croner';
import type { Job, Milliseconds, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';

export type Schedule = NonNullable<Job['schedule']>;

/** What is remembered of a job's slots. */
export interface SlotHistory {
  /** Slot of the last success; null at the first. */
  lastSuccess: UnixMillis | null;
  /** When the job was first seen: a cron job does not run for times before. */
  knownSince: UnixMillis;
}

/** Throws `Malformed JOB_SCHEDULE_INVALID`. */
export function checkSchedule(id: string, schedule: Schedule): void {
  const invalid = (reason: string) =>
    new FaultlineError('Malformed', 'JOB_SCHEDULE_INVALID', `The schedule of ${id} can't be used: ${reason}.`, {
      hint: 'An interval is at least a second; a cron expression has five or six parts, in UTC: "0 4 * * *".',
      details: { job: id },
    });
  if ('every' in schedule) {
    if (!(schedule.every >= 1000)) throw invalid(`${schedule.every} ms is no interval`);
    return;
  }
  try {
    if (cronOf(schedule.cron).nextRun() === null) throw invalid(`"${schedule.cron}" never comes`);
  } catch (error) {
    if (error instanceof FaultlineError) throw error;
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

/** The first slot after a time. */
export function slotAfter(schedule: Schedule, time: UnixMillis): UnixMillis {
  if ('every' in schedule) return (Math.floor(time / schedule.every) + 1) * schedule.every;
  // Croner looks from the next whole second on.
  const next = cronOf(schedule.cron).nextRun(new Date(time));
  return next === null ? Infinity : next.getTime();
}

/** The last slot that is not after a time; null when there is none. */
function slotAt(schedule: Schedule, time: UnixMillis): UnixMillis | null {
  if ('every' in schedule) return Math.floor(time / schedule.every) * schedule.every;
  const [previous] = cronOf(schedule.cron).previousRuns(1, new Date(time + 1000));
  if (previous === undefined) return null;
  return previous.getTime() > time ? null : previous.getTime();
}

/**
 * The slot to run next: with backfill the one after the last success, else the newest that has come. It may lie in the
 * future. A job with an interval that never ran runs at once, one by cron at its next time.
 */
export function nextSlot(
  schedule: Schedule,
  history: SlotHistory,
  { now, backfill }: { now: UnixMillis; backfill: boolean },
): UnixMillis {
  const newest = slotAt(schedule, now);
  const lastSuccess = believable(schedule, history.lastSuccess, now);
  if (lastSuccess === null) {
    if ('every' in schedule) return newest ?? now;
    return newest !== null && newest >= history.knownSince ? newest : slotAfter(schedule, now);
  }
  if (backfill) return slotAfter(schedule, lastSuccess);
  return newest !== null && newest > lastSuccess ? newest : slotAfter(schedule, Math.max(now, lastSuccess));
}

/**
 * Situation: the machine's date was once set years ahead, and a success was noted there. Sighting: hosts whose clock
 * chip had lost its battery, put right by NTP after boot. Handling: a success of more than a slot ahead of now is
 * taken as one of now, or the job would wait for years.
 */
function believable(schedule: Schedule, lastSuccess: UnixMillis | null, now: UnixMillis): UnixMillis | null {
  if (lastSuccess === null || lastSuccess <= slotAfter(schedule, now)) return lastSuccess;
  return slotAt(schedule, now);
}

/** How long a job waits behind its slot: always the same, less than a tenth of the time between two slots. */
export function jitterOf(id: string, schedule: Schedule, slot: UnixMillis, most: Milliseconds): Milliseconds {
  const room = Math.min(most, (slotAfter(schedule, slot) - slot) / 10);
  let hash = 2166136261;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  return Math.floor(((hash >>> 0) / 2 ** 32) * room);
}

/** Wait before another attempt at a slot: a minute, doubled with each failure up to an hour. */
export function retryDelay(failures: number): Milliseconds {
  return Math.min(60_000 * 2 ** Math.max(0, failures - 1), 3_600_000);
}

/** By expression: there are as many as jobs with a schedule, and each is asked at every look at the clock. */
const crons = new Map<string, Cron>();

function cronOf(expression: string): Cron {
  const known = crons.get(expression);
  if (known !== undefined) return known;
  const cron = new Cron(expression, { timezone: 'UTC', paused: true });
  crons.set(expression, cron);
  return cron;
}
