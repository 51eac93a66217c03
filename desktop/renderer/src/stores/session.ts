import type { SessionInfo, SignIn } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { asApiError, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';

type Permission = SessionInfo['permissions'][number];

/** Who uses the page, and what they may do. */
export const useSession = defineStore('session', () => {
  const api = useApi();
  const info = shallowRef<SessionInfo | null>(null);
  const failure = shallowRef<ApiError | null>(null);
  /** Was signed in on this page, and is no more without having asked for it. */
  const hasExpired = ref(false);

  const isSignedIn = computed(() => info.value !== null && info.value.kind !== 'anonymous');
  const mayRead = computed(() => isSignedIn.value || info.value?.anonymousMayRead === true);

  function can(permission: Permission): boolean {
    return info.value?.permissions.includes(permission) ?? false;
  }

  function take(next: SessionInfo): void {
    info.value = next;
    api.csrfToken = next.csrfToken;
    failure.value = null;
  }

  async function load(): Promise<void> {
    try {
      const wasSignedIn = isSignedIn.value;
      take(await api.session());
      if (wasSignedIn && !isSignedIn.value) hasExpired.value = true;
    } catch (error) {
      failure.value = asApiError(error);
    }
  }

  async function signIn(secret: SignIn): Promise<void> {
    await api.signIn(secret);
    hasExpired.value = false;
    take(await api.session());
  }

  async function signOut(): Promise<void> {
    await api.signOut();
    take(await api.session());
    hasExpired.value = false;
  }

  return { info, failure, hasExpired, isSignedIn, mayRead, can, load, signIn, signOut };
});
