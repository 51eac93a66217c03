import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';

/** The list that a report was opened from, for "next" and "previous" and the way back. */
export const useTrail = defineStore('trail', () => {
  const crashIds = shallowRef<readonly string[]>([]);
  /** Path with query of the list; "" when the report was opened by its link. */
  const backTo = ref('');
  const title = ref('');

  function leave(from: { title: string; path: string; crashIds: readonly string[] }): void {
    title.value = from.title;
    backTo.value = from.path;
    crashIds.value = from.crashIds;
  }

  /** Neighbours of a report in that list; null at its ends or when it is not in it. */
  function around(crashId: string): { previous: string | null; next: string | null; position: number } {
    const at = crashIds.value.indexOf(crashId);
    if (at < 0) return { previous: null, next: null, position: 0 };
    return { previous: crashIds.value[at - 1] ?? null, next: crashIds.value[at + 1] ?? null, position: at + 1 };
  }

  return { crashIds, backTo, title, leave, around };
});
