import type { Product, StoredKind } from '@faultline/sdk';
import type { RetentionConfig } from './config.js';

/** Days that something is kept, by kind. */
export type KeptDays = Record<StoredKind, number>;

/** How long the crashes of each product are kept. */
export interface RetentionRules {
  others: KeptDays;
  /** By the product's name as reports say it, aliases included. */
  products: ReadonlyMap<string, KeptDays>;
}

/** What a product says itself goes before the configuration's word for it, that before the general one. */
export function retentionRules(
  config: Pick<RetentionConfig, 'dumpDays' | 'crashDays' | 'products'>,
  catalog: readonly Pick<Product, 'name' | 'aliases' | 'retention'>[],
): RetentionRules {
  const others = kept(config.dumpDays, config.crashDays);
  const products = new Map<string, KeptDays>();
  for (const [name, { dumpDays, crashDays }] of Object.entries(config.products)) {
    products.set(name, kept(dumpDays ?? others.dumps, crashDays ?? others.reports));
  }
  for (const { name, aliases, retention } of catalog) {
    const configured = products.get(name) ?? others;
    const days = kept(retention.dumpDays ?? configured.dumps, retention.crashDays ?? configured.reports);
    for (const each of [name, ...aliases]) products.set(each, days);
  }
  return { others, products };
}

/** A dump never outlives its crash. */
function kept(dumpDays: number, crashDays: number): KeptDays {
  return { dumps: Math.min(dumpDays, crashDays), reports: crashDays };
}

/** Days of the products that are kept for less, and for more, than any other. */
export function extremes(rules: RetentionRules, kind: StoredKind): { least: number; most: number } {
  const all = [rules.others, ...rules.products.values()].map((days) => days[kind]);
  return { least: Math.min(...all), most: Math.max(...all) };
}

export function daysOf(rules: RetentionRules, product: string, kind: StoredKind): number {
  return (rules.products.get(product) ?? rules.others)[kind];
}
