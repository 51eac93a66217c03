import { textOf } from '../crash-data.js';
import { compareCodePoints, firstCodePoints } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

/** A shutdown that was given up: what it waited for says more than the stack. */
export const shutdownTimeout: SignatureRule = {
  name: 'SignatureShutdownTimeout',
  title: 'Replaces the signature by phase and conditions that an asynchronous shutdown waited for.',
  applies: ({ crash }) => textOf(crash.async_shutdown_timeout) !== '',
  apply({ crash, signature }) {
    const parts = ['AsyncShutdownTimeout'];
    const notes: string[] = [];
    const timeout = parseJson(textOf(crash.async_shutdown_timeout));
    // JSON of another shape fails the rule: it says nothing about what was waited for.
    if (timeout !== undefined && !isTimeout(timeout)) throw new TypeError('AsyncShutdownTimeout has another shape');
    try {
      if (timeout === undefined) throw new TypeError('no valid JSON');
      parts.push(phaseOf(timeout));
      parts.push(conditionsOf(timeout));
    } catch (error) {
      parts.push('UNKNOWN');
      notes.push(`Error parsing AsyncShutdownTimeout: ${error instanceof Error ? error.message : String(error)}`);
    }
    notes.push(`Signature replaced with a Shutdown Timeout signature, was: "${firstCodePoints(signature, 255)}"`);
    return { signature: parts.join(' | '), notes };
  },
};

interface Timeout {
  phase?: unknown;
  /** Empty when absent, null or "". */
  conditions?: unknown[] | null | '';
}

function isTimeout(value: unknown): value is Timeout {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { conditions }: { conditions?: unknown } = value;
  return conditions === undefined || conditions === null || conditions === '' || Array.isArray(conditions);
}

/** Undefined for what is no JSON: the engine's own message quotes the text, and notes are public. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function phaseOf({ phase }: Timeout): string {
  return typeof phase === 'string' ? phase : '(unknown)';
}

/** Names of the conditions, sorted; a condition is a text or an object with a name. */
function conditionsOf({ conditions }: Timeout): string {
  const names = (conditions || []).map(nameOfCondition);
  return names.length === 0 ? '(none)' : names.sort(compareCodePoints).join(',');
}

function nameOfCondition(condition: unknown): string {
  if (typeof condition !== 'object' || condition === null) return asPython(condition);
  if ('name' in condition) return asPython(condition.name);
  throw new TypeError('a condition has no name');
}

/** What is no text is written as Socorro's Python does, for groups to fit. */
function asPython(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new TypeError('a condition has no name');
}
