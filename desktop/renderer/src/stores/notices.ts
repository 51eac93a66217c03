import { defineStore } from 'pinia';
import { ref } from 'vue';
import { asApiError } from '../api/api-error.js';

export interface Notice {
  id: number;
  kind: 'info' | 'error';
  text: string;
  hint: string;
}

/** Short messages at the lower edge; errors stay until closed. */
export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([]);
  let last = 0;

  function show(kind: Notice['kind'], text: string, hint = ''): void {
    last += 1;
    const id = last;
    notices.value = [...notices.value.slice(-3), { id, kind, text, hint }];
    if (kind === 'info') setTimeout(() => close(id), 4000);
  }

  function close(id: number): void {
    notices.value = notices.value.filter((one) => one.id !== id);
  }

  function fail(error: unknown): void {
    const known = asApiError(error);
    show('error', known.message, [known.hint, known.code].filter((one) => one !== '').join(' · '));
  }

  return { notices, show, close, fail };
});
