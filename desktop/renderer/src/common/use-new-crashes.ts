import { onScopeDispose, ref, watch, type Ref } from 'vue';
import { useConnection } from '../stores/connection.js';

/**
 * Crashes that came since a list was loaded. The list itself stays as it is under the cursor until the person asks.
 * @param options.recount how many are new, asked of the server where there are no live events
 */
export function useNewCrashes(options: {
  matches: (event: { product: string; signature: string }) => boolean;
  recount: () => Promise<number>;
  reload: () => void;
}): { fresh: Ref<number>; reset: () => void } {
  const connection = useConnection();
  const fresh = ref(0);
  const stop = connection.listen((event) => {
    if (event.event === 'crash.processed') {
      const crash = { product: String(event.data['product'] ?? ''), signature: String(event.data['signature'] ?? '') };
      if (options.matches(crash)) fresh.value += 1;
    } else if (event.event === 'tick') {
      options.recount().then(
        (count) => (fresh.value = Math.max(fresh.value, count)),
        // The connection's state says already that the server is away.
        () => undefined,
      );
    }
  });
  onScopeDispose(stop);
  watch(() => connection.returns, options.reload);
  return { fresh, reset: () => (fresh.value = 0) };
}
