import { listOf, objectOf, textOf } from '../crash-data.js';
import { compareCodePoints } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

/** A shutdown that was given up: what it waited for says more than the stack. */
export const shutdownTimeout: SignatureRule = {
  name: 'SignatureShutdownTimeout',
  title: 'Replaces the signature by phase and conditions that an asynchronous shutdown waited for.',
  applies: ({ crash }) => textOf(crash.async_shutdown_timeout) !== '',
  apply({ crash, signature }) {
    const parts = ['AsyncShutdownTimeout'];
    const notes: string[] = [];
    try {
      const timeout = readTimeout(textOf(crash.async_shutdown_timeout));
      parts.push(phaseOf(timeout));
      parts.push(conditionsOf(timeout));
    } catch (error) {
      parts.push('UNKNOWN');
      notes.push(`Error parsing AsyncShutdownTimeout: ${error instanceof Error ? error.message : String(error)}`);
    }
    notes.push(`Signature replaced with a Shutdown Timeout signature, was: "${signature}"`);
    return { signature: parts.join(' | '), notes };
  },
};

interface Timeout {
  phase?: unknown;
  conditions?: unknown;
}

function readTimeout(text: string): Timeout {
  const timeout: unknown = parseJson(text);
  if (typeof timeout !== 'object' || timeout === null || Array.isArray(timeout)) throw new TypeError('no object');
  return timeout;
}

/** The engine's own message quotes the text, and notes are public. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError('no valid JSON', { cause: error });
  }
}

function phaseOf({ phase }: Timeout): string {
  if (phase === undefined || phase === null || phase === '') return '(unknown)';
  if (typeof phase !== 'string') throw new TypeError('phase is no text');
  return phase;
}

/** Names of the conditions, sorted; a condition is a text or an object with a name. */
function conditionsOf({ conditions }: Timeout): string {
  if (conditions === undefined || conditions === null || conditions === '') return '(none)';
  if (!Array.isArray(conditions)) throw new TypeError('conditions is no list');
  const names = listOf<unknown>(conditions).map((condition) => {
    const name: unknown =
      typeof condition === 'string' ? condition : objectOf<{ name?: unknown }>(condition ?? {}).name;
    if (typeof name !== 'string') throw new TypeError('a condition has no name');
    return name;
  });
  return names.length === 0 ? '(none)' : names.sort(compareCodePoints).join(',');
}
