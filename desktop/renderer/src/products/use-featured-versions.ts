import type { FeaturedVersions } from '@faultline/sdk/api';
import { computed, watch, type ComputedRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { useResource } from '../common/use-resource.js';

/** Versions of a product that are offered first: a convenience, so none for "", and none while the server can't say. */
export function useFeaturedVersions(product: () => string): ComputedRef<readonly string[]> {
  const api = useApi();
  const answer = useResource<FeaturedVersions>();
  watch(
    product,
    (name) => {
      if (name === '') return;
      const path = `products/${encodeURIComponent(name)}/versions`;
      void answer.load(name, (signal) => api.get<FeaturedVersions>(path, {}, signal));
    },
    { immediate: true },
  );
  return computed(() => (product() === '' ? [] : (answer.value.value?.featured ?? [])));
}
