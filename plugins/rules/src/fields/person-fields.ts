import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** What may tell who sent the report: seen with `view_pii` only. */
export const personFields: FieldDefinition[] = [
  {
    id: 'url',
    title: 'Address visited',
    type: 'string',
    description: 'What the program was showing.',
    annotation: 'URL',
    permission: 'protected',
    searchable: true,
  },
  {
    id: 'user_comments',
    title: 'Comment',
    type: 'string',
    description: 'What the user wrote.',
    annotation: 'Comments',
    permission: 'protected',
    searchable: true,
  },
  {
    id: 'breadcrumbs',
    title: 'Breadcrumbs',
    type: 'stored',
    description: 'What the program did before it crashed.',
    permission: 'protected',
  },
  {
    id: 'dumper_error',
    title: 'Dump writer’s failure',
    type: 'string',
    description: 'Why the client could not write a minidump.',
    annotation: 'DumperError',
    permission: 'protected',
    searchable: true,
  },
];
