import { ref, type Ref } from 'vue';

const now = ref(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, told anew twice a minute, for relative times. */
export function useNow(): Ref<number> {
  if (timer === undefined) timer = setInterval(() => (now.value = Date.now()), 30_000);
  return now;
}
