import { describe, expect, it } from 'vitest';
import { checkSchedule, jitterOf, nextSlot, retryDelay, slotAfter } from '../../../plugins/jobs/src/job-schedule.js';

const at = (text: string) => Date.parse(text);
const iso = (time: number) => new Date(time).toISOString().replace(':00.000Z', '');
const hour = 3_600_000;

describe('the slots of an interval', () => {
  const schedule = { every: hour };
  const now = at('2026-11-22T12:34:56Z');
  const next = (lastSuccess: string | null, backfill = false) =>
    iso(
      nextSlot(
        schedule,
        { lastSuccess: lastSuccess === null ? null : at(lastSuccess), knownSince: now },
        { now, backfill },
      ),
    );

  it('lie at whole intervals, whenever the job began', () =>
    expect(iso(slotAfter(schedule, now))).toBe('2026-11-22T13:00'));
  it('begin with the one that has come', () => expect(next(null)).toBe('2026-11-22T12:00'));
  it('go on after a success', () => expect(next('2026-11-22T12:00Z')).toBe('2026-11-22T13:00'));
  it('leave out what was missed', () => expect(next('2026-11-20T00:00Z')).toBe('2026-11-22T12:00'));
  it('make up for it one by one with backfill', () => expect(next('2026-11-20T00:00Z', true)).toBe('2026-11-20T01:00'));
  it('believe no success far ahead of the clock', () => expect(next('2031-01-01T00:00Z')).toBe('2026-11-22T13:00'));
  it('wait for a clock that was set back a little', () => expect(next('2026-11-22T13:00Z')).toBe('2026-11-22T14:00'));
});

describe('the slots of a cron expression', () => {
  const schedule = { cron: '30 4 * * *' };
  const now = at('2026-11-22T12:00:00Z');
  const next = (lastSuccess: string | null, options: { backfill?: boolean; knownSince?: number } = {}) =>
    iso(
      nextSlot(
        schedule,
        { lastSuccess: lastSuccess === null ? null : at(lastSuccess), knownSince: options.knownSince ?? now },
        { now, backfill: options.backfill ?? false },
      ),
    );

  it('are in UTC, and begin after the job was first seen', () => expect(next(null)).toBe('2026-11-23T04:30'));
  it('include one missed since then', () =>
    expect(next(null, { knownSince: at('2026-11-21T00:00Z') })).toBe('2026-11-22T04:30'));
  it('take only the newest of those missed', () => expect(next('2026-11-10T04:30Z')).toBe('2026-11-22T04:30'));
  it('make up for each with backfill', () =>
    expect(next('2026-11-10T04:30Z', { backfill: true })).toBe('2026-11-11T04:30'));
  it('count a slot at the very second', () =>
    expect(
      iso(
        nextSlot(
          schedule,
          { lastSuccess: at('2026-11-21T04:30Z'), knownSince: 0 },
          { now: at('2026-11-22T04:30:00Z'), backfill: false },
        ),
      ),
    ).toBe('2026-11-22T04:30'));
});

describe('a schedule', () => {
  it.each([
    [{ every: 10 }],
    [{ every: Number.NaN }],
    [{ cron: 'soon' }],
    [{ cron: '99 * * * *' }],
    [{ cron: '0 0 31 2 *' }],
  ])('that can not be is refused: %j', (schedule) =>
    expect(() => checkSchedule('a/b', schedule)).toThrow(expect.objectContaining({ code: 'JOB_SCHEDULE_INVALID' })),
  );
  it('that can be is taken', () => expect(() => checkSchedule('a/b', { cron: '*/5 * * * *' })).not.toThrow());
});

describe('the delay behind a slot', () => {
  it('is always the same for a job, and differs between jobs', () => {
    const delays = ['a/b', 'c/d', 'retention/purge'].map((id) => jitterOf(id, { every: hour }, 0, 30_000));
    expect(delays).toEqual(['a/b', 'c/d', 'retention/purge'].map((id) => jitterOf(id, { every: hour }, 0, 30_000)));
    expect(new Set(delays).size).toBe(3);
  });
  it('is less than a tenth of the time between slots', () => {
    for (const id of ['a/b', 'c/d', 'e/f']) expect(jitterOf(id, { every: 2000 }, 0, 30_000)).toBeLessThanOrEqual(200);
  });
});

it('a failed slot is tried again after a minute, then twice as long, up to an hour', () => {
  expect([1, 2, 3, 7, 50].map(retryDelay)).toEqual([60_000, 120_000, 240_000, hour, hour]);
});
