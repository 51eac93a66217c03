import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { VersionInfo } from '@faultline/sdk/api';
import { useApi } from '../api/current-api.js';

/** The API that this page was written for. A server says the oldest that it still answers to. */
const pageApi = 1;

/**
 * Whether the page in hand still fits the server: one that was upgraded while the page stood open has other files, and
 * may speak otherwise. The page never reloads by itself: what is being typed would be gone.
 */
export const usePageVersion = defineStore('page-version', () => {
  const api = useApi();
  const first = shallowRef<VersionInfo | null>(null);
  const now = shallowRef<VersionInfo | null>(null);
  /** A part of the page is not there any more under its name. */
  const lacksParts = ref(false);

  const isTooOld = computed(() => (now.value?.oldestClient ?? 0) > pageApi);
  const hasChanged = computed(
    () => lacksParts.value || (first.value !== null && first.value.version !== now.value?.version),
  );
  const serverVersion = computed(() => now.value?.version ?? '');

  /** Asks the server. Without an answer nothing is known anew: the connection tells that it is away. */
  async function check(): Promise<void> {
    try {
      now.value = await api.version();
      first.value ??= now.value;
    } catch {
      // Told by `connection`.
    }
  }

  /** A module of the page could not be loaded: either the server is away, or it is another by now. */
  async function missed(): Promise<void> {
    try {
      now.value = await api.version();
      lacksParts.value = true;
    } catch {
      // Told by `connection`; the part is asked for again when it is next needed.
    }
  }

  return { isTooOld, hasChanged, serverVersion, check, missed };
});
