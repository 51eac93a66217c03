import type { JsonValue } from '@faultline/sdk';
import { RE2JS } from 're2js';
import type { ThrottleCondition } from './throttle-config.js';

const dayLength = 24 * 60 * 60 * 1000;

export type Condition = (annotations: Record<string, JsonValue>, now: number) => boolean;

/**
 * A condition ready to be asked. Expressions run in linear time. Throws re2js's syntax error for a bad expression.
 */
export function compileCondition(condition: ThrottleCondition): Condition {
  const tests = compileTests(condition);
  return (annotations, now) => {
    const value = valueAt(annotations, condition.annotation, condition.path);
    if (value === undefined) return condition.present === false;
    if (condition.present === false) return false;
    return tests.every((test) => test(value, now));
  };
}

function compileTests(condition: ThrottleCondition): ((value: string, now: number) => boolean)[] {
  const { equals, prefix, oneOf, matches, olderThanDays } = condition;
  const tests: ((value: string, now: number) => boolean)[] = [];
  if (equals !== undefined) tests.push((value) => value === equals);
  if (prefix !== undefined) tests.push((value) => value.startsWith(prefix));
  if (oneOf !== undefined) tests.push((value) => oneOf.includes(value));
  if (matches !== undefined) {
    const expression = RE2JS.compile(matches);
    tests.push((value) => expression.matcher(value).find());
  }
  if (olderThanDays !== undefined) {
    tests.push((value, now) => {
      const built = buildTime(value);
      return built !== null && now - built > olderThanDays * dayLength;
    });
  }
  return tests;
}

/** Time of a build id, `yyyymmdd` with up to six digits of clock time behind it, UTC; null when it is none. */
function buildTime(buildId: string): number | null {
  const digits = /^(20\d{2})(\d{2})(\d{2})\d{0,6}$/.exec(buildId);
  if (digits === null) return null;
  const time = Date.UTC(Number(digits[1]), Number(digits[2]) - 1, Number(digits[3]));
  return new Date(time).getUTCDate() === Number(digits[3]) ? time : null;
}

function valueAt(annotations: Record<string, JsonValue>, name: string, path: string | undefined): string | undefined {
  if (!Object.hasOwn(annotations, name)) return undefined;
  let value: JsonValue | undefined = annotations[name];
  if (path !== undefined) value = descend(value, path.split('.'));
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Annotations of forms hold JSON as text. */
function descend(value: JsonValue | undefined, keys: string[]): JsonValue | undefined {
  let at: JsonValue | undefined = typeof value === 'string' ? parsed(value) : value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, JsonValue>)[key];
  }
  return at;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Not JSON: the path leads nowhere.
    return undefined;
  }
}
