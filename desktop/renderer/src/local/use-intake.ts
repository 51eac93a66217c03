import { ref, shallowRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { withParameters } from '../shell/use-scope.js';
import { useNotices } from '../stores/notices.js';
import { appFailure } from './app-failure.js';
import { appBridge } from './bridge.js';
import type { LocalDump } from './local-dump.js';
import { useLocalDumps } from './local-dumps.js';
import type { Incoming } from './intake/dropped-files.js';
import { takeFiles, type Taken } from './intake/take-files.js';

/** Takes what a person gives to the page: sorts it, opens the dumps, says what was of no use. */
export function useIntake() {
  const store = useLocalDumps();
  const route = useRoute();
  const router = useRouter();
  const notices = useNotices();
  const progress = shallowRef<{ name: string; read: number; size: number } | null>(null);
  /** Of the last drop; null when there was nothing to say. */
  const outcome = shallowRef<Taken | null>(null);
  const isTaking = ref(false);
  let stopper = new AbortController();

  /** @param coming null when a person chose nothing */
  async function take(coming: Promise<Incoming | null> | Incoming): Promise<void> {
    stopper = new AbortController();
    isTaking.value = true;
    try {
      const incoming = await coming;
      if (incoming === null) return;
      outcome.value = null;
      const taken = await takeFiles(incoming, {
        texts: store.texts,
        pool: store.pool,
        signal: stopper.signal,
        onProgress: (told) => (progress.value = told),
      });
      store.takeCrashpad(taken.crashpad);
      if (taken.symbols > 0 || taken.refused.length > 0 || taken.isCut || taken.dumps.length === 0)
        outcome.value = taken;
      const [first] = store.add(taken.dumps);
      if (taken.symbols > 0) store.walkThoseInNeed();
      if (first !== undefined) await show(first);
    } catch (error) {
      notices.fail(appBridge() === null ? error : appFailure(error));
    } finally {
      isTaking.value = false;
      progress.value = null;
    }
  }

  async function show(dump: LocalDump, { thread = '', frame = '' } = {}): Promise<void> {
    const query = withParameters(route.query, { dump: String(dump.id), thread, frame, module: '', with: '' });
    await router.replace({ path: '/local', query });
  }

  return { take, show, progress, outcome, isTaking, stop: () => stopper.abort() };
}
