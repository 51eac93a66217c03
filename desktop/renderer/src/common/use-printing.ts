import { ref, type Ref } from 'vue';

let printing: Ref<boolean> | undefined;

/** True while the page is put on paper: then tables show all their rows, not those in view. */
export function usePrinting(): Ref<boolean> {
  if (printing === undefined) {
    const now = ref(false);
    window.addEventListener('beforeprint', () => (now.value = true));
    window.addEventListener('afterprint', () => (now.value = false));
    printing = now;
  }
  return printing;
}
