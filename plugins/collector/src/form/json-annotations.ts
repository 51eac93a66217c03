import type { JsonValue } from '@faultline/sdk/raw-crash';
import { MalformedReport } from '../malformed-report.js';

/** Levels of lists and objects that an annotation may nest; what serialises it later recurses. */
const depthLimit = 100;

/**
 * The object in a JSON part.
 * Throws `MalformedReport invalid_json` for bad UTF-8, bad JSON or nesting beyond 100 levels, `invalid_json_value`
 * when it is not an object.
 */
export function parseJsonAnnotations(bytes: Buffer): Map<string, JsonValue> {
  const text = decode(bytes);
  if (isNestedBeyond(text, depthLimit)) throw new MalformedReport('invalid_json');
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedReport('invalid_json_value');
  }
  return new Map(Object.entries(value as Record<string, JsonValue>));
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedReport('invalid_json');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedReport('invalid_json');
  }
}

/** Counts brackets outside strings, before anything is built from them. */
function isNestedBeyond(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
      continue;
    }
    if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}
