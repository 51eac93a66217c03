/**
 * What may leave: fields that say `permission: 'public'` in so many words, whole, and whose value has the declared
 * type. Everything else stays: undeclared fields, parts of objects, objects in place of text, and stack walks, which
 * hold more than their field says.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import type { FieldDefinition, FieldType, JsonValue, ProcessedCrash } from '@faultline/sdk';

export interface ExportField {
  field: FieldDefinition;
  schema: Record<string, unknown>;
  accepts(value: JsonValue): boolean;
}

/** Documents with parts of their own; who wants them asks the API, which knows what of them is public. */
const neverExported: ReadonlySet<string> = new Set(['json_dump']);

const isText = (value: JsonValue) => typeof value === 'string';
const isScalar = (value: JsonValue) => value === null || typeof value !== 'object';

const types: Partial<Record<FieldType, Omit<ExportField, 'field'>>> = {
  string: { schema: { type: 'string' }, accepts: isText },
  keyword: { schema: { type: ['string', 'number', 'boolean'] }, accepts: isScalar },
  integer: { schema: { type: 'number' }, accepts: (value) => typeof value === 'number' },
  number: { schema: { type: 'number' }, accepts: (value) => typeof value === 'number' },
  boolean: { schema: { type: 'boolean' }, accepts: (value) => typeof value === 'boolean' },
  date: { schema: { type: 'string', format: 'date-time' }, accepts: isText },
  list: {
    schema: { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
    accepts: (value) => Array.isArray(value) && value.every(isScalar),
  },
  stored: { schema: { type: ['string', 'number', 'boolean'] }, accepts: isScalar },
};

/** The fields that are exported, by name. An `object` never is. */
export function exportFields(definitions: readonly FieldDefinition[]): Map<string, ExportField> {
  const fields = new Map<string, ExportField>();
  for (const field of definitions) {
    const type = types[field.type];
    const isPublic = field.permission === 'public' && field.path === undefined && !neverExported.has(field.id);
    if (isPublic && type !== undefined) fields.set(field.id, { field, ...type });
  }
  return fields;
}

/** A crash as a line, keys in the order of their names, `crash_id` first. Throws when it has no id. */
export function exportedCrash(
  crash: ProcessedCrash,
  fields: ReadonlyMap<string, ExportField>,
): Record<string, JsonValue> {
  if (typeof crash.crash_id !== 'string') throw new FaultlineError('Internal', 'EXPORT_NO_ID', 'A crash has no id.');
  const line: Record<string, JsonValue> = { crash_id: crash.crash_id };
  for (const name of [...fields.keys()].sort()) {
    const value = crash[name];
    if (value === undefined || value === null || name === 'crash_id') continue;
    if (fields.get(name)?.accepts(value) === true) line[name] = value;
  }
  return line;
}
