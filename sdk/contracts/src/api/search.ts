import { z } from 'zod';
import { searchBounds } from '../search/search-bounds.js';

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
  /**
   * Joined by commas, each `field`, `field:size`, or with `missing` counted too `field:size:missing`;
   * `cardinality(field)`, `histogram(field:step)`; nested by `>`: `product>version:5>cardinality(install)`.
   */
  facets: z.string().max(4_000).default(''),
  /** By `submitted_timestamp`: `hour`, `day`, `week`, `month`; "" for none. */
  histogram: z.enum(['', 'hour', 'day', 'week', 'month']).default(''),
  limit: z.coerce.number().int().min(0).max(1000).default(100),
  /** From the answer before, with the other parameters unchanged; the dates stay those of the first page. */
  cursor: z.string().optional(),
});
export type SearchParameters = z.input<typeof SearchParameters>;

const Value = z.union([z.string(), z.number(), z.boolean()]);

/** One value of a facet; a null term counts the crashes without a value. */
export interface SearchBucket {
  term: string | number | boolean | null;
  count: number;
  facets?: Record<string, SearchFacet> | undefined;
}

export interface SearchFacet {
  buckets: SearchBucket[];
  /** Crashes in buckets that were cut off. */
  other: number;
  /** Of a cardinality, which has no buckets. */
  value?: number | undefined;
}

/** As deep as facets nest: a schema that holds itself has no place in an OpenAPI document. */
function facetSchema(depth: number): z.ZodType<SearchFacet> {
  const bucket = z.object({ term: Value.nullable(), count: z.number() });
  const nested =
    depth === 1 ? bucket : bucket.extend({ facets: z.record(z.string(), facetSchema(depth - 1)).optional() });
  return z.object({ buckets: z.array(nested), other: z.number(), value: z.number().optional() });
}

const Facet = facetSchema(searchBounds.facetDepth);

/**
 * Facets stand under the ids of their fields, cardinalities under `cardinality_<id>`, histograms under
 * `histogram_<id>`, and the one by time under `histogram`.
 */
export const SearchAnswer = z.object({
  total: z.number(),
  rows: z.array(z.record(z.string(), z.union([Value, z.array(Value)]).nullable())),
  cursor: z.string().nullable(),
  facets: z.record(z.string(), Facet),
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

export const exportFormats = ['csv', 'ndjson', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** GET /api/v1/search/export: all crashes that a search finds, as a file that is written while they are found. */
export const ExportParameters = SearchParameters.omit({
  cursor: true,
  limit: true,
  facets: true,
  histogram: true,
}).extend({
  format: z.enum(exportFormats).default('csv'),
  /** `*` is every field that may be searched. */
  columns: z.string().max(8_000).default('submitted_timestamp,signature,product,version,os_name'),
  /** Crashes at most; absent: all. */
  limit: z.coerce.number().int().min(1).optional(),
});
export type ExportParameters = z.input<typeof ExportParameters>;

/** GET /api/v1/fields/:id/values: what a person who types may mean. */
export const FieldValueParameters = z.strictObject({
  prefix: z.string().max(1_000).default(''),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});
export const FieldValues = z.object({ values: z.array(z.object({ value: z.string(), crashes: z.number() })) });
export type FieldValues = z.output<typeof FieldValues>;

/** Screens whose state can be kept under a name. */
export const savedViews = ['search', 'inbox', 'topcrashers'] as const;

const savedText = {
  name: z.string().trim().min(1).max(100),
  /** What stands behind the `?` of the screen's address. */
  query: z.string().max(20_000),
  /** Everybody who may read sees it; else its owner alone. */
  isShared: z.boolean(),
};

/** POST /api/v1/saved-searches */
export const NewSavedSearch = z.strictObject({
  ...savedText,
  view: z.enum(savedViews).default('search'),
  isShared: savedText.isShared.default(false),
});
export type NewSavedSearch = z.input<typeof NewSavedSearch>;

/** PATCH /api/v1/saved-searches/:id, by its owner or who may manage. */
export const SavedSearchChange = z.strictObject(savedText).partial();
export type SavedSearchChange = z.output<typeof SavedSearchChange>;

export const SavedSearch = z.object({
  id: z.string(),
  ...savedText,
  view: z.enum(savedViews),
  ownerName: z.string(),
  /** The caller may change and remove it. */
  mayChange: z.boolean(),
  updatedAt: z.string(),
});
export type SavedSearch = z.output<typeof SavedSearch>;

/** GET /api/v1/saved-searches?view=search: the caller's and the shared ones, by name. */
export const SavedSearchList = z.object({ searches: z.array(SavedSearch) });
export type SavedSearchList = z.output<typeof SavedSearchList>;
