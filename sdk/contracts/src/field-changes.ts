import type { FieldChange } from './processed-crash.js';
import type { JsonValue } from './raw-crash.js';

/** Fields that a run may change and keep what was there: more than that is told by `RunRecord.changed` alone. */
const mostFields = 500;

/**
 * What differs between two documents, by name. Values whose JSON has more than `limit` characters are told by their
 * length: `(5210 characters of JSON)`.
 */
export function fieldChanges(
  before: Readonly<Record<string, JsonValue | undefined>>,
  after: Readonly<Record<string, JsonValue | undefined>>,
  fields: readonly string[],
  limit: number,
): FieldChange[] {
  return fields.slice(0, mostFields).map((field) => {
    const [old, now] = [before[field], after[field]];
    return {
      field,
      ...(old === undefined ? {} : { before: shortenedValue(old, limit) }),
      ...(now === undefined ? {} : { after: shortenedValue(now, limit) }),
    };
  });
}

/** The value, or its length when it is too long to be read and to travel. */
export function shortenedValue(value: JsonValue, limit: number): JsonValue {
  const { length } = JSON.stringify(value);
  return length <= limit ? value : `(${length} characters of JSON)`;
}
