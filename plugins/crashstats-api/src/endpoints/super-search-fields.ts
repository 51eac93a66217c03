import type { FieldDefinition, FieldType } from '@faultline/sdk';
import { crashStatsName, isFacetable, isSearchable } from '@faultline/sdk/search';
import type { Endpoint } from '../endpoint.js';
import type { Parts } from '../parts.js';

const validation: Record<FieldType, string> = {
  string: 'str',
  keyword: 'enum',
  list: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  date: 'datetime',
  object: 'str',
  stored: 'str',
};
const queries: Record<FieldType, string> = {
  string: 'string',
  keyword: 'enum',
  list: 'string',
  integer: 'integer',
  number: 'float',
  boolean: 'bool',
  date: 'date',
  object: 'string',
  stored: 'string',
};

/** The field dictionary as far as the caller may see it, by the names that Crash Stats gives the fields. */
export function superSearchFields(parts: Parts): Endpoint {
  return {
    name: 'SuperSearchFields',
    summary: 'Crash Stats: the fields that searches may name',
    methods: ['GET'],
    answer({ principal }) {
      const fields = parts.fieldsFor(principal).all();
      return Promise.resolve(Object.fromEntries(fields.map((field) => [crashStatsName(field.id), specOf(field)])));
    },
  };
}

function specOf(field: FieldDefinition): object {
  const name = crashStatsName(field.id);
  const key = field.path ?? field.id;
  const permissions = field.permission === 'public' ? [] : ['crashstats.view_pii'];
  return {
    name,
    description: field.description,
    namespace: ['processed_crash', ...key.split('.').slice(0, -1)].join('.'),
    in_database_name: key.split('.').at(-1),
    source_key: `processed_crash.${key}`,
    search_key: `processed_crash.${key}`,
    destination_keys: [`processed_crash.${key}`],
    data_validation_type: validation[field.type],
    query_type: queries[field.type],
    is_exposed: isSearchable(field),
    is_returned: true,
    is_facetable: isFacetable(field),
    has_full_version: field.type === 'string',
    form_field_choices: [],
    storage_mapping: null,
    permissions_needed: permissions,
    webapp_permissions_needed: permissions,
  };
}
