/**
 * What of a processed crash is searched. Every engine indexes exactly these values, so that two engines over the same
 * crashes give the same answers.
 */
import type { FieldDefinition, FieldType } from '../field-definition.js';
import type { ProcessedCrash } from '../processed-crash.js';
import type { JsonValue } from '../raw-crash.js';

/** How values of a field compare. Dates are milliseconds since 1970, booleans 0 and 1. */
export type ValueKind = 'text' | 'list' | 'number';

/** Longer texts are cut in the index; the processed crash keeps them whole. */
export const longestIndexedText = 16_384;
/** Further elements of a list are not indexed. */
export const longestIndexedList = 1_000;

export function valueKind(type: FieldType): ValueKind {
  if (type === 'list') return 'list';
  return type === 'string' || type === 'keyword' ? 'text' : 'number';
}

/** The value of a text field; null when it is missing. */
export function indexedText(field: FieldDefinition, crash: ProcessedCrash): string | null {
  return textOf(valueAt(field, crash));
}

/** The number, date or truth value of a field as a number; NaN when it is missing or not of the field's type. */
export function indexedNumber(field: FieldDefinition, crash: ProcessedCrash): number {
  const value = valueAt(field, crash);
  if (value === undefined || value === null) return NaN;
  if (field.type === 'date') return typeof value === 'string' ? instantOf(value) : NaN;
  if (field.type === 'boolean') return truthOf(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return NaN;
  if (field.type === 'integer' && !Number.isSafeInteger(number)) return NaN;
  return number === 0 ? 0 : number;
}

/** The distinct elements of a list field, in their order; empty when it is missing. */
export function indexedList(field: FieldDefinition, crash: ProcessedCrash): string[] {
  const value = valueAt(field, crash);
  if (value === undefined) return [];
  const elements = Array.isArray(value) ? value : [value];
  const texts = new Set<string>();
  for (let index = 0; index < elements.length && index < longestIndexedList; index++) {
    const text = textOf(elements[index]);
    if (text !== null) texts.add(text);
  }
  return [...texts];
}

/** Milliseconds of an ISO 8601 text; without a zone it is UTC. NaN when it is none, or outside the years 1 to 9999. */
export function instantOf(text: string): number {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return Date.parse(text);
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return NaN;
  return Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`);
}

function valueAt(field: FieldDefinition, crash: ProcessedCrash): JsonValue | undefined {
  if (field.path === undefined) return crash[field.id];
  let value: JsonValue | undefined = crash as Record<string, JsonValue>;
  for (const key of keysOf(field.path)) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** Of each path, which is asked for with every crash. */
const knownKeys = new Map<string, readonly string[]>();

function keysOf(path: string): readonly string[] {
  let keys = knownKeys.get(path);
  if (keys === undefined) {
    keys = path.split('.');
    knownKeys.set(path, keys);
  }
  return keys;
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') {
    const text = value.length > longestIndexedText ? value.slice(0, longestIndexedText) : value;
    // Most texts have none, which is told much faster without looking at whole characters.
    return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function truthOf(value: JsonValue): number {
  if (value === true || value === 1 || value === '1' || value === 'true') return 1;
  return value === false || value === 0 || value === '0' || value === 'false' ? 0 : NaN;
}
