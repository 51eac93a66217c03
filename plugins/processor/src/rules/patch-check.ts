import type { FieldPatch } from '@faultline/sdk/processing-rule';
import type { JsonValue } from '@faultline/sdk/raw-crash';
import { FaultlineError } from '@faultline/sdk/errors';

/** What the host itself writes. */
const hostFields: ReadonlySet<string> = new Set([
  'crash_id',
  'status',
  'submitted_timestamp',
  'started_datetime',
  'completed_datetime',
]);

/** Levels of a value; deeper ones come from hostile input and could overflow who walks them. */
const depthLimit = 200;

/** Throws `Malformed RULE_PATCH_UNDECLARED` or `RULE_PATCH_INVALID`. */
export function checkPatch(patch: FieldPatch, writes: ReadonlySet<string>): void {
  for (const [field, value] of Object.entries(patch)) {
    if (!writes.has(field) || hostFields.has(field)) {
      throw new FaultlineError(
        'Malformed',
        'RULE_PATCH_UNDECLARED',
        `The rule wrote "${field}", which it did not declare.`,
      );
    }
    if (value !== undefined && !isJson(value)) {
      throw new FaultlineError('Malformed', 'RULE_PATCH_INVALID', `The value written to "${field}" is not plain JSON.`);
    }
  }
}

function isJson(value: unknown, depth = 0): value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= depthLimit) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  // An absent key and one that is undefined are the same in JSON.
  return Object.values(value).every((item) => item === undefined || isJson(item, depth + 1));
}

/** Freezes a value and all that it holds; stops at what is frozen already. */
export function deepFreeze<T>(value: T): T {
  const stack: unknown[] = [value];
  for (let item = stack.pop(); stack.length > 0 || item !== undefined; item = stack.pop()) {
    if (typeof item !== 'object' || item === null || Object.isFrozen(item)) continue;
    Object.freeze(item);
    for (const inner of Object.values(item)) if (typeof inner === 'object' && inner !== null) stack.push(inner);
  }
  return value;
}
