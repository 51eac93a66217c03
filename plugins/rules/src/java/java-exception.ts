import type { JsonValue } from '@faultline/sdk';

type Fields = Record<string, JsonValue>;

/** Causes of causes, and frames of one, that are kept. */
const valueLimit = 100;
const frameLimit = 1000;

/**
 * A structured exception (socorro.md section 3.6), reduced to what is known of its shape, so that nothing unexpected
 * becomes public. A text says what is wrong with it, and never quotes it.
 */
export function knownException(given: JsonValue | undefined): Fields | string {
  const parsed = typeof given === 'string' ? parse(given) : given;
  if (parsed === undefined) return 'value is malformed json';
  const values = isFields(parsed) && isFields(parsed['exception']) ? parsed['exception']['values'] : undefined;
  if (!Array.isArray(values)) return 'value is malformed exception';
  const known: JsonValue[] = [];
  for (const value of values.slice(0, valueLimit)) {
    if (!isFields(value)) return 'value is malformed exception';
    const trace = value['stacktrace'];
    known.push(isFields(trace) ? { stacktrace: knownTrace(trace) } : {});
  }
  return { exception: { values: known } };
}

function knownTrace(trace: Fields): Fields {
  const known = texts(trace, ['type', 'module', 'value']);
  const frames = trace['frames'];
  if (!Array.isArray(frames)) return known;
  return { ...known, frames: frames.slice(0, frameLimit).filter(isFields).map(knownFrame) };
}

function knownFrame(frame: Fields): Fields {
  const known = texts(frame, ['module', 'function', 'filename']);
  if (typeof frame['lineno'] === 'number') known['lineno'] = frame['lineno'];
  if (typeof frame['in_app'] === 'boolean') known['in_app'] = frame['in_app'];
  return known;
}

function texts(from: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(from, name) ? from[name] : undefined;
      return typeof value === 'string' ? [[name, value.replaceAll('\0', '')]] : [];
    }),
  );
}

function isFields(value: JsonValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // The caller says so.
    return undefined;
  }
}
