import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { asApiError, type ApiError } from '../api/api-error.js';

export interface Action {
  isBusy: Ref<boolean>;
  /** Why the last one did not work; null when it did, and while the next is under way. */
  failure: ShallowRef<ApiError | null>;
  /** False when it failed. */
  act(work: () => Promise<unknown>): Promise<boolean>;
}

/** What a person asks for with a button: whether it is under way, and why it was not done, to be shown beside it. */
export function useAction(): Action {
  const isBusy = ref(false);
  const failure = shallowRef<ApiError | null>(null);

  async function act(work: () => Promise<unknown>): Promise<boolean> {
    isBusy.value = true;
    failure.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = asApiError(error);
      return false;
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, failure, act };
}
