import { useEventListener } from '@vueuse/core';
import { useRoute, useRouter } from 'vue-router';
import { droppedFiles, type Incoming } from './intake/dropped-files.js';

/** What was dropped on another screen, on its way to the one that opens it. */
let left: Promise<Incoming> | null = null;

/** Takes files dropped anywhere in the page to the local dumps; a place that takes drops itself comes first. */
export function useDropAnywhere(): void {
  const route = useRoute();
  const router = useRouter();
  useEventListener(window, 'dragover', (event) => {
    // Without this the browser leaves the page and shows the file.
    if (event.dataTransfer?.types.includes('Files') === true) event.preventDefault();
  });
  useEventListener(window, 'drop', (event) => {
    const isTaken = event.defaultPrevented || route.path === '/local';
    if (isTaken || event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    left = droppedFiles(event.dataTransfer);
    void router.push('/local');
  });
}

/** The files left for the local dumps, once. */
export function leftDrop(): Promise<Incoming> | null {
  const taken = left;
  left = null;
  return taken;
}
