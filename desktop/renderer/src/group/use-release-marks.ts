import type { ReleaseList } from '@faultline/sdk/api';
import { computed, watch, type ComputedRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { useResource } from '../common/use-resource.js';

/** A release on a chart over time. */
export interface ReleaseMark {
  /** ISO 8601. */
  time: string;
  version: string;
  channel: string;
}

const mostReleases = 300;

/** The releases of a product, one mark a version; none for "" and where the server knows none. */
export function useReleaseMarks(product: () => string): ComputedRef<ReleaseMark[]> {
  const api = useApi();
  const list = useResource<ReleaseList>();
  watch(
    product,
    (name) => {
      if (name === '') return;
      const query = { product: name, limit: mostReleases };
      void list.load(name, (signal) => api.get<ReleaseList>('releases', query, signal));
    },
    { immediate: true },
  );
  return computed(() => {
    if (product() === '') return [];
    const marks = new Map<string, ReleaseMark>();
    // Newest first: what stays is the first build of a version.
    for (const { date, version, channel } of list.value.value?.releases ?? []) {
      if (date !== '') marks.set(version, { time: date, version, channel });
    }
    return [...marks.values()].reverse();
  });
}
