import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** Crashes of Java programs. */
export const javaFields: FieldDefinition[] = [
  {
    id: 'java_stack_trace',
    title: 'Java stack trace',
    type: 'string',
    description:
      'Class of what was thrown and its frames, without messages and causes; "malformed" when the text was no trace.',
    permission: 'public',
    searchable: true,
  },
  {
    id: 'java_stack_trace_raw',
    title: 'Java stack trace as sent',
    type: 'string',
    description: 'The trace with its messages, which may hold private data.',
    permission: 'protected',
    searchable: true,
  },
  {
    id: 'java_exception',
    title: 'Java exception',
    type: 'stored',
    description: 'The exception with its causes: classes and frames.',
    permission: 'public',
  },
  {
    id: 'java_exception_value',
    title: 'Java exception’s message',
    type: 'stored',
    description: 'What the exceptions said.',
    permission: 'protected',
    path: 'java_exception.exception.values.stacktrace.value',
  },
];
