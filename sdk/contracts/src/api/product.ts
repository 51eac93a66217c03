import { z } from 'zod';
import { ProductSettings, ReleaseFacts } from '../product-catalog.js';

/** GET and PUT /api/v1/products/:name */
export const ProductDetail = ProductSettings.extend({
  /** False: known only from reports. */
  isDeclared: z.boolean(),
  /** Sent back as `?version=` with a change, so that nobody's is overwritten; 0 when it is not declared. */
  version: z.number(),
});
export type ProductDetail = z.output<typeof ProductDetail>;

/** GET /api/v1/products: in their order, those known only from reports last. */
export const ProductList = z.object({ products: z.array(ProductDetail) });
export type ProductList = z.output<typeof ProductList>;

/** GET /api/v1/products/:name/versions: to be offered first, in their order; none for a product that nobody knows. */
export const FeaturedVersions = z.object({ featured: z.array(z.string()) });
export type FeaturedVersions = z.output<typeof FeaturedVersions>;

const ReleaseRow = z.object({
  product: z.string(),
  channel: z.string(),
  version: z.string(),
  buildId: z.string(),
  /** ISO 8601; "" when nobody knows. */
  date: z.string(),
  isDeclared: z.boolean(),
  firstSeen: z.string(),
});

/** GET /api/v1/releases */
export const ReleaseFilter = z.strictObject({
  product: z.string().max(100).optional(),
  channel: z.string().max(60).optional(),
  version: z.string().max(60).optional(),
  buildId: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

/** Newest first. */
export const ReleaseList = z.object({ releases: z.array(ReleaseRow), total: z.number() });
export type ReleaseList = z.output<typeof ReleaseList>;

export const ReleaseDetail = ReleaseRow;
export type ReleaseDetail = z.output<typeof ReleaseDetail>;

/** What is imported and exported: what people declared. */
export const CatalogDocument = z.strictObject({
  products: z.array(ProductSettings).max(1_000).default([]),
  releases: z.array(ReleaseFacts).max(20_000).default([]),
});
export type CatalogDocument = z.output<typeof CatalogDocument>;

/** POST /api/v1/product-catalog: names of what it added and changed. */
export const CatalogChanges = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  releases: z.number(),
  /** True: nothing was written. */
  dryRun: z.boolean(),
});
export type CatalogChanges = z.output<typeof CatalogChanges>;
