import { z } from 'zod';

/**
 * GET /api/v1/search. `q` is the text of the search bar (`signature:~"Foo" product:Fenix date:>-7d -version:125.0`);
 * `from` and `to` are ISO 8601 or relative (`-7d`, `now`).
 */
export const SearchParameters = z.strictObject({
  q: z.string().max(20_000).default(''),
  /** Absent: what `q` itself says of the date (`date:>-30d`), else `-7d`. */
  from: z.string().max(100).optional(),
  /** Absent: what `q` itself says of the date, else `now`. */
  to: z.string().max(100).optional(),
  /** `-submitted_timestamp,signature` */
  sort: z.string().default('-submitted_timestamp'),
  columns: z.string().default('submitted_timestamp,signature,product,version,os_name'),
  /** Names of fields, each `field` or `field:size`, joined by commas. */
  facets: z.string().default(''),
  /** By `submitted_timestamp`: `hour`, `day`, `week`, `month`; "" for none. */
  histogram: z.enum(['', 'hour', 'day', 'week', 'month']).default(''),
  limit: z.coerce.number().int().min(0).max(1000).default(100),
  /** From the answer before, with the other parameters unchanged; the dates stay those of the first page. */
  cursor: z.string().optional(),
});
export type SearchParameters = z.input<typeof SearchParameters>;

const Value = z.union([z.string(), z.number(), z.boolean()]);
const Bucket = z.object({ term: Value.nullable(), count: z.number() });

/** Facets stand under the ids of their fields, the histogram under `histogram`. */
export const SearchAnswer = z.object({
  total: z.number(),
  rows: z.array(z.record(z.string(), z.union([Value, z.array(Value)]).nullable())),
  cursor: z.string().nullable(),
  facets: z.record(z.string(), z.object({ buckets: z.array(Bucket), other: z.number() })),
  milliseconds: z.number(),
  completeness: z.number(),
});
export type SearchAnswer = z.output<typeof SearchAnswer>;

/** GET /api/v1/fields: the field dictionary, as far as the caller may see it. */
export const FieldList = z.object({
  fields: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      type: z.string(),
      description: z.string(),
      unit: z.string().optional(),
      annotation: z.string().optional(),
      permission: z.enum(['public', 'protected']),
      searchable: z.boolean(),
      facetable: z.boolean(),
    }),
  ),
});
export type FieldList = z.output<typeof FieldList>;
