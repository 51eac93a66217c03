import type { JsonValue } from '@faultline/sdk';

export type Converted = { value: JsonValue } | { problem: string };

/** Longer texts are cut when they become a field; the annotation itself stays whole. */
const textLimit = 1024 * 1024;

/**
 * An annotation's value as a field of the type. Forms give text for everything, JSON parts any type; both are taken.
 * Numbers are ASCII digits, with space around them: "1_000" or digits of other scripts are not numbers here.
 */
export function convertAnnotation(given: JsonValue, type: string): Converted {
  const value = typeof given === 'string' ? given.replaceAll('\0', '').trimEnd().slice(0, textLimit) : given;
  switch (type) {
    case 'boolean':
      return toBoolean(value);
    case 'integer':
      return toNumber(value, Number.isSafeInteger, 'has a non-int value');
    case 'number':
      return toNumber(value, Number.isFinite, 'has a non-float value');
    case 'list':
      return toList(value);
    case 'object':
      return toObject(value);
    default:
      return { value: typeof value === 'object' ? JSON.stringify(value) : String(value) };
  }
}

function toBoolean(value: JsonValue): Converted {
  const word = String(value).toLowerCase();
  if (['1', 'true'].includes(word)) return { value: true };
  if (['0', 'false'].includes(word)) return { value: false };
  return { problem: 'has a non-boolean value' };
}

function toNumber(value: JsonValue, isGood: (number: number) => boolean, problem: string): Converted {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) return { problem };
  const number = Number(text);
  return isGood(number) ? { value: number } : { problem };
}

function toList(value: JsonValue): Converted {
  if (Array.isArray(value)) return { value: value.map(String) };
  if (typeof value !== 'string') return { problem: 'is no list' };
  const items = value.split(',').map((item) => item.trim());
  return { value: items.filter((item) => item !== '') };
}

function toObject(value: JsonValue): Converted {
  const parsed = typeof value === 'string' ? parse(value) : value;
  if (parsed === undefined) return { problem: 'value is malformed json' };
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { problem: 'value is no object' };
  return { value: parsed };
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The caller notes it.
    return undefined;
  }
}
