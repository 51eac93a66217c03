import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Words to find on a screen; they stand in its address, as `find`. */
export function useFind() {
  const route = useRoute();
  const router = useRouter();
  const find = computed({
    get: () => (typeof route.query['find'] === 'string' ? route.query['find'] : ''),
    set: (words: string) => void router.replace({ query: words === '' ? {} : { find: words } }),
  });
  const words = computed(() => find.value.toLowerCase().split(/\s+/).filter(Boolean));
  return {
    find,
    /** Every word stands somewhere in the text; so does none. */
    isFound: (text: string) => words.value.every((word) => text.toLowerCase().includes(word)),
  };
}
