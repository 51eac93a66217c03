import type { Banner, BannerDetail } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { asApiError, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { useNow } from '../common/use-now.js';
import { useConnection } from '../stores/connection.js';

type Standing = NonNullable<BannerDetail['banner']>;

/** What an admin tells everybody; it follows changes by others and goes when its time is over. */
export const useBanner = defineStore('banner', () => {
  const api = useApi();
  const now = useNow();
  const standing = shallowRef<Standing | null>(null);
  /** Why nobody knows whether one is up; null when that is known. */
  const failure = shallowRef<ApiError | null>(null);
  const shown = computed(() => {
    const until = standing.value?.until ?? null;
    return until !== null && Date.parse(until) <= now.value ? null : standing.value;
  });

  /** One that can't be read stays as it was: only the banner's own screen says so. */
  async function load(): Promise<void> {
    try {
      standing.value = (await api.get<BannerDetail>('banner')).banner;
      failure.value = null;
    } catch (error) {
      failure.value = asApiError(error);
    }
  }

  async function put(banner: Banner): Promise<void> {
    standing.value = (await api.call<BannerDetail>('PUT', 'banner', { body: banner })).banner;
  }

  async function takeDown(): Promise<void> {
    await api.call('DELETE', 'banner');
    standing.value = null;
  }

  useConnection().listen(({ event }) => {
    if (event === 'banner.changed' || event === 'tick') void load();
  });

  return { shown, failure, load, put, takeDown };
});
