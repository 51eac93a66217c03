import { contributionPoint } from './contribution.js';
import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';

/**
 * How a field is converted from its annotation, stored in the index and searched. `string` has words and exact value,
 * `keyword` only the exact value, `list` several exact values, `stored` is kept in the processed crash but not indexed.
 */
export type FieldType = 'string' | 'keyword' | 'integer' | 'number' | 'boolean' | 'date' | 'list' | 'object' | 'stored';

/** One field of the processed crash, declared in one place: this drives conversion, search, redaction, tooltips, docs. */
export interface FieldDefinition {
  /** snake_case key of the processed crash. */
  id: string;
  title: string;
  type: FieldType;
  /** For people: one or two sentences. */
  description: string;
  /** Shown beside values: "bytes", "seconds", "percent". */
  unit?: string;
  /** Annotation it is copied from, when no rule writes it. */
  annotation?: string;
  default?: JsonValue;
  /** `protected` needs `view_pii`; a field that is not declared counts as protected. */
  permission: 'public' | 'protected';
  /** Indexed, so that filters and sorts may name it. True when absent; never for `object` and `stored`. */
  searchable?: boolean;
  /** True when absent, for fields that are searchable. */
  facetable?: boolean;
  /** Where the indexed value stands when it is not at the top level: keys joined by dots. */
  path?: string;
}
export const FieldDefinition = contributionPoint<FieldDefinition>('FieldDefinition');

/** All declared fields. */
export interface FieldDictionary {
  all(): readonly FieldDefinition[];
  get(id: string): FieldDefinition | undefined;
  /** What a holder of the permissions may see of a document; protected and undeclared keys are removed. */
  redact(document: Record<string, JsonValue | undefined>, mayViewProtected: boolean): Record<string, JsonValue>;
  /** Changes when any definition changes. */
  hash(): string;
}
export const FieldDictionary = token<FieldDictionary>('core.fieldDictionary');
