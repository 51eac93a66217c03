import type { ExportField } from './public-fields.js';

/** JSON Schema of one line, from the field dictionary. */
export function exportSchema(fields: ReadonlyMap<string, ExportField>): object {
  const properties = [...fields.values()]
    .filter(({ field }) => field.id !== 'crash_id')
    .sort((a, b) => (a.field.id < b.field.id ? -1 : 1))
    .map(({ field: { id, title, description, unit }, schema }) => [
      id,
      { title, description: unit === undefined ? description : `${description} In ${unit}.`, ...schema },
    ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A processed crash: its public fields',
    type: 'object',
    properties: {
      crash_id: { type: 'string', description: 'Id of the crash report.' },
      ...Object.fromEntries(properties),
    },
    required: ['crash_id'],
    additionalProperties: false,
  };
}
