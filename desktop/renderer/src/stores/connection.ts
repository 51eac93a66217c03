import { defineStore } from 'pinia';
import { ref } from 'vue';
import { useApi } from '../api/current-api.js';
import { LiveStream, type LiveEvent, type LiveState } from '../api/live-stream.js';

/** Whether the server answers, and its live events. */
export const useConnection = defineStore('connection', () => {
  const api = useApi();
  const live = ref<LiveState>('connecting');
  const isReachable = ref(true);
  /** Grows whenever the server answers again after it was away: lists reload. */
  const returns = ref(0);
  let stream: LiveStream | null = null;
  let probe: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<(event: LiveEvent) => void>();

  function reached(now: boolean): void {
    if (now && !isReachable.value) returns.value += 1;
    isReachable.value = now;
    if (!now) probeLater(2000);
  }

  function probeLater(delay: number): void {
    clearTimeout(probe);
    probe = setTimeout(() => {
      // Success and failure both arrive in `reached`; on failure it asks again.
      api.session().catch(() => undefined);
    }, delay);
  }

  function start(): void {
    if (stream !== null) return;
    stream = new LiveStream({
      url: api.address('events'),
      onState: (state) => (live.value = state),
      locks: (navigator as Partial<Navigator>).locks,
    });
    stream.listen((event) => {
      for (const listener of listeners) listener(event);
    });
    stream.start();
  }

  function stop(): void {
    stream?.stop();
    stream = null;
    clearTimeout(probe);
  }

  function listen(listener: (event: LiveEvent) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { live, isReachable, returns, reached, start, stop, listen };
});
