import type { FieldDefinition, RulesetInOrder } from '@faultline/sdk';
import type { DataDictionary, DictionaryField } from '@faultline/sdk/api';
import { annotationFields } from '@faultline/sdk/processing-rule';
import { isFacetable, isSearchable } from '@faultline/sdk/search';

/** The field dictionary with who writes each field. `rulesets` is null when no processor answered. */
export function dataDictionary(
  fields: readonly FieldDefinition[],
  rulesets: readonly RulesetInOrder[] | null,
): DataDictionary {
  const writers = writersOf(rulesets ?? []);
  const sorted = [...fields].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { fields: sorted.map((field) => described(field, writers)), knowsRules: rulesets !== null };
}

type Writers = ReadonlyMap<string, DictionaryField['rules']>;

function writersOf(rulesets: readonly RulesetInOrder[]): Writers {
  const rules = new Map(rulesets.flatMap((ruleset) => ruleset.rules.map((rule) => [rule.id, rule] as const)));
  const writers = new Map<string, DictionaryField['rules']>();
  for (const { id, title, writes } of [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const field of writes) writers.set(field, [...(writers.get(field) ?? []), { id, title }]);
  }
  return writers;
}

function described(field: FieldDefinition, writers: Writers): DictionaryField {
  const key = (field.path ?? field.id).split('.')[0] ?? field.id;
  const copied = field.annotation === undefined ? [] : (writers.get(annotationFields) ?? []);
  const own = writers.get(key) ?? [];
  return {
    id: field.id,
    title: field.title,
    type: field.type,
    description: field.description,
    unit: field.unit ?? '',
    annotation: field.annotation ?? '',
    path: field.path ?? '',
    default: field.default ?? null,
    permission: field.permission,
    searchable: isSearchable(field),
    facetable: isFacetable(field),
    // A rule of its own takes the place of the copy.
    rules: own.length > 0 ? own : copied,
  };
}
