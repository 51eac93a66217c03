import type { SearchParameters } from '@faultline/sdk/api';
import { computed, type ComputedRef, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useApi } from '../api/current-api.js';
import { useNewCrashes } from '../common/use-new-crashes.js';
import { joinQueries } from '../reading/query-text.js';
import { one, useScope, withParameters, type Scope } from '../shell/use-scope.js';
import { usePreferences } from '../stores/preferences.js';
import { usualColumns } from './report-columns.js';
import { useCrashSearch, type CrashSearch } from './use-crash-search.js';

export interface ReportList {
  scope: Scope;
  /** Conditions beside the scope's. */
  filter: ComputedRef<string>;
  sort: ComputedRef<string>;
  columns: ComputedRef<string[]>;
  parameters: ComputedRef<SearchParameters>;
  search: CrashSearch;
  fresh: Ref<number>;
  reload(): void;
  /** As a step that "back" undoes. */
  change(parameters: Record<string, string>): void;
  setFilter(q: string): void;
  setSort(sort: string): void;
  setColumns(columns: string[]): void;
}

/**
 * A list of reports whose filter, order and columns stand in the address.
 * @param screen under which the user's columns are remembered
 * @param more parameters of the search beside those of the list
 */
export function useReportList(
  screen: string,
  more: (scope: Scope) => Partial<SearchParameters> = () => ({}),
): ReportList {
  const api = useApi();
  const scope = useScope();
  const route = useRoute();
  const router = useRouter();
  const preferences = usePreferences();

  const filter = computed(() => one(route.query['q']));
  const sort = computed(() => one(route.query['sort']) || newestFirst);
  const columns = computed(() => {
    const asked = one(route.query['columns'])
      .split(',')
      .filter((name) => name !== '');
    return asked.length > 0 ? asked : (preferences.columns[screen] ?? usualColumns);
  });
  const parameters = computed(() => ({
    q: joinQueries(scope.query.value, filter.value),
    from: scope.from.value,
    to: scope.to.value,
    sort: sort.value,
    columns: ['crash_id', ...columns.value].join(','),
    ...more(scope),
    limit: 200,
  }));
  const search = useCrashSearch(parameters);
  const answer = search.first.value;

  const { fresh, reset } = useNewCrashes({
    matches: ({ product }) => filter.value === '' && (scope.product.value === '' || scope.product.value === product),
    recount: async () => {
      const { total } = await api.search({ ...parameters.value, facets: '', histogram: '', limit: 0 });
      return total - (answer.value?.total ?? 0);
    },
    reload,
  });

  function reload(): void {
    reset();
    search.reload();
  }

  function change(parameters: Record<string, string>): void {
    void router.push({ query: withParameters(route.query, parameters) });
  }

  return {
    scope,
    filter,
    sort,
    columns,
    parameters,
    search,
    fresh,
    reload,
    change,
    setFilter: (q) => void router.replace({ query: withParameters(route.query, { q }) }),
    setSort: (value) => change({ sort: value === newestFirst ? '' : value }),
    setColumns(next) {
      preferences.columns = { ...preferences.columns, [screen]: next };
      change({ columns: next.join(',') === usualColumns.join(',') ? '' : next.join(',') });
    },
  };
}

const newestFirst = '-submitted_timestamp';
