import type { JsonValue, RawCrash } from '@faultline/sdk';

/** An annotation as text without NULs; "" when it is absent, null or no scalar. */
export function annotationText(raw: RawCrash, name: string): string {
  if (!Object.hasOwn(raw.annotations, name)) return '';
  const value: JsonValue | undefined = raw.annotations[name];
  if (typeof value === 'string') return value.replaceAll('\0', '').trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A whole number written in ASCII digits; null when it is anything else or beyond 2^53. */
export function wholeNumber(text: string): number | null {
  if (!/^[+-]?\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
