import type { JsonValue } from '@faultline/sdk/raw-crash';

/** An annotation as text without NULs, spaces kept; null when it is absent, null or no scalar. */
export function annotation(annotations: Readonly<Record<string, JsonValue>>, name: string): string | null {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  if (typeof value === 'string') return value.replaceAll('\0', '');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
