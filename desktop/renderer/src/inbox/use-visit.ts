import { watch } from 'vue';
import { asApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { useNotices } from '../stores/notices.js';
import { useSession } from '../stores/session.js';

/** Notes that this person looks at the inbox now: from here "since my last visit" counts the next time. */
export function useVisit(): void {
  const api = useApi();
  const notices = useNotices();
  const session = useSession();

  async function note(): Promise<void> {
    try {
      await api.call('POST', 'groups/visits', { body: {} });
    } catch (error) {
      const failure = asApiError(error);
      // The shell says of both already what is wrong.
      if (!failure.isUnreachable && !failure.isNotAllowed) notices.fail(failure);
    }
  }

  watch(
    () => session.isSignedIn,
    (signedIn) => {
      if (signedIn) void note();
    },
    { immediate: true },
  );
}
