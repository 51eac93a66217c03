/** Products and their releases: data that people edit, and that what arrives adds to. */
import { z } from 'zod';
import { token } from './token.js';

/** Short enough for a key of the state store. */
const name = z.string().trim().min(1).max(100);
const shortName = z.string().trim().max(60);
const link = z.strictObject({ label: z.string().trim().min(1).max(100), url: z.string().trim().min(1).max(2_000) });
const serverAddress = link.shape.url.refine((url) => webAddress(url) !== null && new URL(url).username === '', {
  error: 'is no http or https address, or has a name in it; credentials belong into the configuration',
});
const days = z.number().int().min(1).max(36_500).nullable();

/** What people say about a product. Absent keys take the defaults. */
export const ProductSettings = z.strictObject({
  /** As reports say it (`ProductName`). */
  name,
  description: z.string().max(2_000).default(''),
  /** False: the collector refuses its reports. */
  accepted: z.boolean().default(true),
  /** Other names that reports give it. */
  aliases: z.array(name).max(50).default([]),
  /** Shown first where a version is chosen; `auto` stands for the newest of each channel. */
  featuredVersions: z.array(name).max(50).default(['auto']),
  /** Place in lists: smaller first, then by name. */
  order: z.number().int().min(-1_000_000).max(1_000_000).default(100),
  /**
   * Where the source of a frame is shown. The first whose prefix begins the frame's file holds; `url` may have
   * `{path}` (what follows the prefix), `{line}`, and for files of the form `vcs:root:path:revision` also `{root}` and
   * `{revision}`. Files of well-known hosts need none (`defaultSourceLink`).
   */
  sourceLinks: z
    .array(z.strictObject({ prefix: z.string().max(500), url: link.shape.url }))
    .max(50)
    .default([]),
  /** Ways to a new ticket. `url` may have the placeholders of `ticketPlaceholders`. */
  ticketLinks: z.array(link).max(20).default([]),
  /** Pages about the product. */
  links: z.array(link).max(20).default([]),
  /** Days that its reports and its dumps are kept; null leaves it to the server's own setting. */
  retention: z.strictObject({ crashDays: days.default(null), dumpDays: days.default(null) }).prefault({}),
  /** Addresses of symbol servers in Breakpad's layout that have its symbols, asked before the configured ones. */
  symbolSources: z.array(serverAddress).max(20).default([]),
});
export type ProductSettings = z.output<typeof ProductSettings>;

/** A build that was given to people. Product, channel, version and build id together name it. */
export const ReleaseFacts = z.strictObject({
  product: name,
  /** "" when reports name none. */
  channel: shortName.default(''),
  version: shortName.min(1),
  /** "" when reports name none. */
  buildId: shortName.default(''),
  /** ISO 8601; absent: from the build id when it begins with a date, else when it was first seen. */
  date: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
});
export type ReleaseFacts = z.output<typeof ReleaseFacts>;

export interface Product extends ProductSettings {
  /** False: known only from reports. */
  isDeclared: boolean;
  /** Grows with each change; 0 when it is not declared. */
  version: number;
}

export interface Release extends Required<ReleaseFacts> {
  /** False: known only from reports. */
  isDeclared: boolean;
  /** ISO 8601 of its first report here; "" when none came. */
  firstSeen: string;
}

export interface ProductCatalog {
  /** In their order; those known only from reports last. */
  products(): Promise<Product[]>;
  /** By name or alias; null when neither is known. */
  product(nameOrAlias: string): Promise<Product | null>;
  /**
   * Adds or replaces. Throws `Conflict PRODUCT_NAME_TAKEN` for an alias that another product has, `Conflict
   * PRODUCT_CHANGED` when `expectedVersion` (0: it must be new) is not the stored one.
   */
  save(settings: ProductSettings, expectedVersion?: number): Promise<Product>;
  /** False when it is not declared. Its releases stay. */
  remove(product: string): Promise<boolean>;
  /** Newest first, then by version and build id, the highest first. */
  releases(filter?: { product?: string; channel?: string; version?: string; buildId?: string }): Promise<Release[]>;
  saveRelease(facts: ReleaseFacts): Promise<Release>;
  /** False when there is none such. One known only from reports comes back with its next report. */
  removeRelease(release: Pick<ReleaseFacts, 'product' | 'channel' | 'version' | 'buildId'>): Promise<boolean>;
  /** What reports say; changes nothing about what people declared. */
  learn(seen: (Omit<ReleaseFacts, 'date'> & { firstSeen: string })[]): Promise<void>;
  /** Versions whose release has this build id. */
  versionsOf(build: { product: string; channel: string; buildId: string }): Promise<string[]>;
  /** The declared products as of now, without waiting; empty until they were first read. */
  snapshot(): readonly Product[];
}
export const ProductCatalog = token<ProductCatalog>('core.productCatalog');

/** What the address of a ticket link may hold. */
export const ticketPlaceholders = [
  'title',
  'signature',
  'product',
  'version',
  'os',
  'cpu',
  'reason',
  'crash_id',
  'url',
  'description',
] as const;
export type TicketPlaceholder = (typeof ticketPlaceholders)[number];

/**
 * A template with its `{placeholders}` replaced, each value encoded for an address; unknown ones and those without a
 * value become "". Null when the result is no http or https address: templates are typed by people, and what they hold
 * comes from reports.
 */
export function fillLink(template: string, values: Readonly<Record<string, string | undefined>>): string | null {
  const text = template.replace(/\{([a-z_]+)\}/g, (_, key: string) =>
    Object.hasOwn(values, key) ? encodeURIComponent(values[key] ?? '') : '',
  );
  return webAddress(text);
}

/** Null for what is no http or https address. */
export function webAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
