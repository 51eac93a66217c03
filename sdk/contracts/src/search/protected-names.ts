import type { FacetRequest, SearchFilter, SearchQuery } from '../search-query.js';
import type { SearchFields } from './search-fields.js';

/** Names told at most; a query may name thousands. */
const mostNames = 50;

/**
 * Names of protected fields in whatever place of a query: filter, column, sort or facet; each tells something of their
 * values. Who asks such a query looks at protected data, and the audit log must say so.
 */
export function protectedNames(query: SearchQuery, fields: SearchFields): string[] {
  const names = new Set([...query.columns, ...query.sort.map(({ field }) => field)]);
  addFilter(query.filter, names);
  addFacets(query.facets, names);
  return [...names].filter((name) => fields.get(name)?.permission === 'protected').slice(0, mostNames);
}

function addFilter(filter: SearchFilter | null, names: Set<string>): void {
  if (filter === null) return;
  if (filter.kind === 'field') names.add(filter.field);
  else if (filter.kind === 'not') addFilter(filter.filter, names);
  else for (const inner of filter.filters) addFilter(inner, names);
}

function addFacets(facets: readonly FacetRequest[], names: Set<string>): void {
  for (const facet of facets) {
    names.add(facet.field);
    if ('facets' in facet && facet.facets !== undefined) addFacets(facet.facets, names);
  }
}
