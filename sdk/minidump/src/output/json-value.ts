/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * JSON text with keys in alphabetical order, so that equal results give equal bytes: the builders write their keys in
 * that order (a test looks after it), which costs nothing.
 */
export function jsonText(value: JsonValue, { pretty = false } = {}): string {
  return JSON.stringify(value, null, pretty ? 2 : undefined);
}

/** The same object with its own keys in order; what they hold is taken as it is. */
export function inOrder(object: JsonObject): JsonObject {
  const ordered: JsonObject = {};
  for (const key of Object.keys(object).sort()) ordered[key] = object[key] ?? null;
  return ordered;
}

/** A value that came from `JSON.parse`, with all keys in order. Nesting that would exhaust the stack is cut to null. */
export function parsedJson(value: unknown, depth = 0): JsonValue {
  if (value === null || value === undefined || depth > 200) return null;
  if (Array.isArray(value)) return value.map((item) => parsedJson(item, depth + 1));
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [key, parsedJson(item, depth + 1)] as const);
    return inOrder(Object.fromEntries(entries));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
