import type { JsonValue } from '@faultline/sdk';
import type { FieldPatch, ProcessingRule } from '@faultline/sdk/processing-rule';
import { publicStackTrace } from '../java/java-stack-trace.js';
import { knownException } from '../java/java-exception.js';

/** Longer traces are cut; recursion in Java can print megabytes. */
const traceLimit = 1024 * 1024;

/**
 * Java crashes come without a minidump, and are whole reports: a stack trace as text, an exception as JSON, or both.
 * Messages of exceptions may hold private data, so the public trace has none.
 */
export const javaRule: ProcessingRule = {
  id: 'rules/java',
  title: 'Java stack traces and exceptions',
  version: 1,
  reads: [],
  writes: ['java_stack_trace', 'java_stack_trace_raw', 'java_exception'],
  applies: ({ raw }) => has(raw.annotations, 'JavaStackTrace') || has(raw.annotations, 'JavaException'),
  apply({ raw }) {
    const patch: FieldPatch = {};
    const notes: string[] = [];
    const trace = raw.annotations['JavaStackTrace'];
    if (typeof trace === 'string' && trace !== '') {
      const text = trace.replaceAll('\0', '').slice(0, traceLimit);
      const shown = publicStackTrace(text);
      patch['java_stack_trace_raw'] = text;
      patch['java_stack_trace'] = shown ?? 'malformed';
      if (shown === null) notes.push('JavaStackTrace: malformed JavaStackTrace');
    }
    if (has(raw.annotations, 'JavaException')) {
      const exception = knownException(raw.annotations['JavaException']);
      if (typeof exception === 'string') notes.push(`JavaException ${exception}`);
      else patch['java_exception'] = exception;
    }
    return { patch, notes };
  },
};

function has(annotations: Record<string, JsonValue>, name: string): boolean {
  return Object.hasOwn(annotations, name) && annotations[name] !== null;
}
