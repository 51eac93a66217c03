import { z } from 'zod';

/** One field with all that is known of it. */
export const DictionaryField = z.object({
  id: z.string(),
  title: z.string(),
  type: z.string(),
  description: z.string(),
  /** "" for none, as are `annotation` and `path`. */
  unit: z.string(),
  /** Annotation it is copied from. */
  annotation: z.string(),
  /** Where the value stands in the processed crash, when not under the field's own name. */
  path: z.string(),
  /** Null: no default. */
  default: z.unknown(),
  permission: z.enum(['public', 'protected']),
  searchable: z.boolean(),
  facetable: z.boolean(),
  /** Rules that may write it, in order of their ids. */
  rules: z.array(z.object({ id: z.string(), title: z.string() })),
});
export type DictionaryField = z.output<typeof DictionaryField>;

/** GET /api/v1/data-dictionary */
export const DataDictionary = z.object({
  fields: z.array(DictionaryField),
  /** False when no processor answered: then no field names its rules. */
  knowsRules: z.boolean(),
});
export type DataDictionary = z.output<typeof DataDictionary>;
