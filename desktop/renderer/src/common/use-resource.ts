import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import { asApiError, isAborted, type ApiError } from '../api/api-error.js';

/** Work shorter than this shows no skeleton. */
const quietTime = 150;

export interface Resource<T> {
  /** The newest answer; kept while the next one is on its way. */
  value: ShallowRef<T | null>;
  error: ShallowRef<ApiError | null>;
  isLoading: Ref<boolean>;
  /** Nothing to show yet, and it takes longer than a moment: skeletons now. */
  isSlow: ComputedRef<boolean>;
  /**
   * Asks again; a request on its way is cancelled. With another key than before, the old value is dropped, unless an
   * answer for that key was seen earlier.
   */
  load(key: string, request: (signal: AbortSignal) => Promise<T>): Promise<void>;
}

/** @param remembered how many answers by key are kept to be shown at once on return */
export function useResource<T>(remembered = 8): Resource<T> {
  const value = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const isLoading = ref(false);
  const isLate = ref(false);
  const seen = new Map<string, T>();
  let current = '';
  let running: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(key: string, request: (signal: AbortSignal) => Promise<T>): Promise<void> {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    if (key !== current) {
      current = key;
      value.value = seen.get(key) ?? null;
      error.value = null;
    }
    isLoading.value = true;
    isLate.value = false;
    clearTimeout(timer);
    timer = setTimeout(() => (isLate.value = true), quietTime);
    try {
      const answer = await request(mine.signal);
      if (running !== mine) return;
      value.value = answer;
      error.value = null;
      remember(key, answer);
    } catch (failure) {
      if (running !== mine || isAborted(failure)) return;
      error.value = asApiError(failure);
    }
    isLoading.value = false;
    isLate.value = false;
    clearTimeout(timer);
  }

  function remember(key: string, answer: T): void {
    seen.delete(key);
    seen.set(key, answer);
    const oldest = seen.keys().next();
    if (seen.size > remembered && oldest.done !== true) seen.delete(oldest.value);
  }

  onScopeDispose(() => {
    running?.abort();
    clearTimeout(timer);
  });
  const isSlow = computed(() => isLoading.value && isLate.value && value.value === null);
  return { value, error, isLoading, isSlow, load };
}
