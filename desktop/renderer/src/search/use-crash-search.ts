import type { SearchAnswer, SearchParameters } from '@faultline/sdk/api';
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { asApiError, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { useResource, type Resource } from '../common/use-resource.js';

type Row = SearchAnswer['rows'][number];

/** Rows of a further page, as many as the server gives: who scrolls far waits for few of them. */
const furtherRows = 1000;

export interface CrashSearch {
  first: Resource<SearchAnswer>;
  /** Of all pages so far. */
  rows: ShallowRef<Row[]>;
  hasMore: ComputedRef<boolean>;
  isLoadingMore: Ref<boolean>;
  moreError: ShallowRef<ApiError | null>;
  more(): Promise<void>;
  reload(): void;
}

/** A search that follows its parameters; further pages are asked for by cursor as the list is scrolled. */
export function useCrashSearch(parameters: ComputedRef<SearchParameters>): CrashSearch {
  const api = useApi();
  const first = useResource<SearchAnswer>();
  const rows = shallowRef<Row[]>([]);
  const cursor = ref<string | null>(null);
  const isLoadingMore = ref(false);
  const moreError = shallowRef<ApiError | null>(null);

  function reload(): void {
    const wanted = parameters.value;
    void first.load(JSON.stringify(wanted), (signal) => api.search(wanted, signal));
  }

  watch(parameters, reload, { immediate: true });
  watch(first.value, (answer) => {
    rows.value = answer?.rows ?? [];
    cursor.value = answer?.cursor ?? null;
    moreError.value = null;
  });

  async function more(): Promise<void> {
    const at = cursor.value;
    const page = first.value.value;
    if (at === null || isLoadingMore.value || first.isLoading.value) return;
    isLoadingMore.value = true;
    try {
      const further = { facets: '', histogram: '', cursor: at, limit: furtherRows } as const;
      const answer = await api.search({ ...parameters.value, ...further });
      // The first page may have been asked for anew in between: then this page continues nothing.
      if (first.value.value === page) {
        rows.value = [...rows.value, ...answer.rows];
        cursor.value = answer.cursor;
      }
    } catch (error) {
      moreError.value = asApiError(error);
      cursor.value = null;
    }
    isLoadingMore.value = false;
  }

  return { first, rows, hasMore: computed(() => cursor.value !== null), isLoadingMore, moreError, more, reload };
}
