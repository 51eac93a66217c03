/**
 * Keys of the state store as bytes whose order is the keys' order, so that every implementation sorts alike:
 * a number is 1 and its sortable eight bytes, a string is 2, its UTF-8 with 00 written as 00 FF, and 00 as its end.
 * No encoded key that begins with another one's parts lies outside that one's range.
 */
import { FaultlineError } from './errors.js';
import type { StateKey } from './state-store.js';

/** Longest encoded key; LMDB holds up to 1,978 bytes with its default pages. */
export const stateKeyLimit = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Throws `Malformed STATE_KEY_INVALID` for NaN and for keys beyond `stateKeyLimit`. */
export function encodeStateKey(key: StateKey): Uint8Array {
  const bytes: number[] = [];
  for (const part of key) {
    if (typeof part === 'number') bytes.push(1, ...sortableNumber(part));
    else appendString(bytes, part);
    if (bytes.length > stateKeyLimit) throw invalidKey(`it is longer than ${stateKeyLimit} bytes`);
  }
  return Uint8Array.from(bytes);
}

export function decodeStateKey(bytes: Uint8Array): StateKey {
  const parts: (string | number)[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === 1) {
      parts.push(numberOf(bytes.slice(at + 1, at + 9)));
      at += 9;
      continue;
    }
    const text: number[] = [];
    for (at += 1; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0 && bytes[at + 1] !== 0xff) break;
      text.push(byte);
      if (byte === 0) at++;
    }
    at++;
    parts.push(decoder.decode(Uint8Array.from(text)));
  }
  const [first, ...rest] = parts;
  if (typeof first !== 'string') throw invalidKey('its first part is not a string');
  return [first, ...rest];
}

/** Order of two encoded keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function startsWithBytes(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte);
}

function appendString(bytes: number[], text: string): void {
  if (text.length > stateKeyLimit) throw invalidKey(`it is longer than ${stateKeyLimit} bytes`);
  bytes.push(2);
  for (const byte of encoder.encode(text)) {
    bytes.push(byte);
    if (byte === 0) bytes.push(0xff);
  }
  bytes.push(0);
}

/** IEEE 754 big-endian; negative numbers inverted, the others with their sign bit set: bytes then sort as numbers. */
function sortableNumber(value: number): Uint8Array {
  if (Number.isNaN(value)) throw invalidKey('a part is not a number');
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  view.setBigUint64(0, value < 0 ? ~bits & 0xffffffffffffffffn : bits | 0x8000000000000000n);
  return new Uint8Array(view.buffer);
}

function numberOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const bits = view.getBigUint64(0);
  const isPositive = bits >> 63n === 1n;
  view.setBigUint64(0, isPositive ? bits & 0x7fffffffffffffffn : ~bits & 0xffffffffffffffffn);
  return view.getFloat64(0);
}

function invalidKey(reason: string): FaultlineError {
  return new FaultlineError('Malformed', 'STATE_KEY_INVALID', `A state key can't be used: ${reason}.`);
}
