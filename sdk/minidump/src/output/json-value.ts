/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** JSON text with the keys of every object in alphabetical order, so that equal results give equal bytes. */
export function jsonText(value: JsonValue, { pretty = false } = {}): string {
  return JSON.stringify(sorted(value), null, pretty ? 2 : undefined);
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const object: JsonObject = {};
  for (const key of Object.keys(value).sort()) object[key] = sorted(value[key] ?? null);
  return object;
}

/** Any value that came from `JSON.parse`. */
export function parsedJson(value: unknown): JsonValue {
  return value === undefined ? null : (value as JsonValue);
}
