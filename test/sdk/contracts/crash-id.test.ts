import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { crashIdDay, makeCrashId, parseCrashId } from '@faultline/sdk/crash-id';

const midnight = Date.UTC(2026, 10, 22);
const lastMillisecond = midnight + 86_399_999;
const idAt = (time: number) => makeCrashId(randomBytes(16), time);

test('an id has the shape that clients know, and names its day and what was decided', () => {
  const id = makeCrashId(randomBytes(16), lastMillisecond, '1');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{5}1261122$/);
  expect(parseCrashId(`bp-${id}`)).toBe(id);
  expect(crashIdDay(id)).toBe('2026-11-22');
});

test('ids of a day sort by the time at which they were made, from its first millisecond to its last', () => {
  const times = [0, 1, 2, 999, 1000, 60_000, 3_600_000, 43_200_000, 86_399_998, 86_399_999];
  const ids = times.map((time) => idAt(midnight + time));
  expect(ids.toReversed().sort()).toEqual(ids);
});

test('ids of one millisecond differ in what can not be foretold', () => {
  const ids = Array.from({ length: 10_000 }, () => idAt(midnight));
  expect(new Set(ids.map((id) => id.slice(9))).size).toBe(10_000);
});

test('entropy of all ones stays within the shape at the end of the day', () => {
  expect(parseCrashId(makeCrashId(new Uint8Array(16).fill(255), lastMillisecond))).not.toBeNull();
});
