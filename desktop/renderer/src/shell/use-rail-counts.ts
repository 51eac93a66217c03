import { onScopeDispose, ref, watch, type Ref } from 'vue';
import { useApi } from '../api/current-api.js';
import { useConnection } from '../stores/connection.js';
import { useSession } from '../stores/session.js';

/** Lately arrived crashes are counted together: a busy server has many a second. */
const lookAgain = 60_000;

/** Numbers beside places of the rail: what is new to this person, and what waits for somebody. */
export interface RailCounts {
  /** Groups that are new or came back since the last visit; 0 for who is not signed in. */
  inbox: Ref<number>;
}

export function useRailCounts(): RailCounts {
  const api = useApi();
  const session = useSession();
  const connection = useConnection();
  const inbox = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStale = false;

  async function look(): Promise<void> {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isStale) void look();
    }, lookAgain);
    isStale = false;
    if (!session.isSignedIn || session.info?.kind !== 'user') {
      inbox.value = 0;
      return;
    }
    try {
      inbox.value = (await api.groups({ since: 'visit', limit: 1 })).totalGroups;
    } catch {
      // The screens say what is wrong; a number that is not known is not shown.
      inbox.value = 0;
    }
  }

  const stop = connection.listen(({ event }) => {
    if (event === 'crash.processed' || event === 'group.changed' || event === 'tick') isStale = true;
  });
  watch(() => `${session.info?.kind} ${session.info?.login}`, look, { immediate: true });
  onScopeDispose(() => {
    stop();
    clearTimeout(timer);
  });
  return { inbox };
}
