/** A structured exception (socorro.md section 3.6): its classes and frames, newest frame first. */
import type { JsonValue } from '@faultline/sdk';
import { retraceFrame, type ClassLookup } from '../retrace/retrace-frame.js';
import { retraceClass } from '../retrace/retrace-trace.js';

type Fields = Record<string, JsonValue>;

export function retraceException(value: JsonValue, classes: ClassLookup): { value: JsonValue; renamed: number } {
  let renamed = 0;
  const outer = fieldsOf(value);
  const exception = fieldsOf(outer['exception']);
  const values = listOf(exception['values']).map((one) => {
    const trace = fieldsOf(fieldsOf(one)['stacktrace']);
    if (Object.keys(trace).length === 0) return one;
    const frames = listOf(trace['frames']).flatMap((frame) => {
      const found = framesOf(fieldsOf(frame), classes);
      if (found === null) return [frame];
      renamed++;
      return found;
    });
    return { ...fieldsOf(one), stacktrace: { ...trace, ...thrownOf(trace, classes), frames } };
  });
  return { value: { ...outer, exception: { ...exception, values } }, renamed };
}

function framesOf(frame: Fields, classes: ClassLookup): Fields[] | null {
  const className = textOf(frame['module']);
  const method = textOf(frame['function']);
  const line = typeof frame['lineno'] === 'number' ? frame['lineno'] : null;
  const found = retraceFrame({ className, method, file: textOf(frame['filename']), line }, classes);
  if (found === null) return null;
  return found.frames.map((one) => ({
    ...frame,
    module: one.className,
    function: one.method,
    filename: one.file,
    ...(one.line === null ? {} : { lineno: one.line }),
  }));
}

/** The class stands in two parts: package and name. */
function thrownOf(trace: Fields, classes: ClassLookup): Fields {
  const module = textOf(trace['module']);
  const type = textOf(trace['type']);
  const name = module === '' ? type : `${module}.${type}`;
  const original = retraceClass(name, classes);
  if (original === name) return {};
  const dot = original.lastIndexOf('.');
  return { module: original.slice(0, Math.max(0, dot)), type: original.slice(dot + 1) };
}

function fieldsOf(value: JsonValue | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
