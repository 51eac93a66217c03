import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQueryValue } from 'vue-router';
import { exactTerm, joinQueries } from '../reading/query-text.js';

/** What every list is about: product, version and time range. It stands in the address. */
export interface Scope {
  product: ComputedRef<string>;
  version: ComputedRef<string>;
  from: ComputedRef<string>;
  to: ComputedRef<string>;
  /** In the language of the search bar; "" for everything. */
  query: ComputedRef<string>;
  /** The scope's part of an address, to carry it over to another screen. */
  parameters: ComputedRef<Record<string, string>>;
  set(change: Partial<Record<'product' | 'version' | 'from' | 'to', string>>): void;
}

export const timeRanges = [
  { from: '-1h', title: 'shell.range.hour' },
  { from: '-24h', title: 'shell.range.hours24' },
  { from: '-3d', title: 'shell.range.days3' },
  { from: '-7d', title: 'shell.range.days7' },
  { from: '-14d', title: 'shell.range.days14' },
  { from: '-30d', title: 'shell.range.days30' },
  { from: '-90d', title: 'shell.range.days90' },
] as const;

const usualFrom = '-14d';

export function useScope(): Scope {
  const route = useRoute();
  const router = useRouter();
  const product = computed(() => one(route.query['product']));
  const version = computed(() => one(route.query['version']));
  const from = computed(() => one(route.query['from']) || usualFrom);
  const to = computed(() => one(route.query['to']) || 'now');
  const query = computed(() =>
    joinQueries(
      product.value === '' ? '' : exactTerm('product', product.value),
      version.value === '' ? '' : exactTerm('version', version.value),
    ),
  );
  const parameters = computed(() => {
    const result: Record<string, string> = {};
    for (const name of ['product', 'version', 'from', 'to']) {
      const value = one(route.query[name]);
      if (value !== '') result[name] = value;
    }
    return result;
  });

  function set(change: Partial<Record<'product' | 'version' | 'from' | 'to', string>>): void {
    void router.push({ query: withParameters(route.query, { ...change, cursor: '' }) });
  }

  return { product, version, from, to, query, parameters, set };
}

type Query = Record<string, LocationQueryValue | LocationQueryValue[]>;

/** A query with some parameters changed; "" removes one. */
export function withParameters(query: Query, change: Record<string, string | undefined>): Query {
  const next: Query = { ...query };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') delete next[name];
    else next[name] = value;
  }
  return next;
}

/** One value of a parameter, "" when it is absent. */
export function one(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  const first = Array.isArray(value) ? value[0] : value;
  return first ?? '';
}
