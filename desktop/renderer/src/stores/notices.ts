import { defineStore } from 'pinia';
import { ref } from 'vue';
import { asApiError } from '../api/api-error.js';

export interface Notice {
  id: number;
  kind: 'info' | 'error';
  text: string;
  hint: string;
  /** One thing to do about it; the message goes when it is done. */
  action: NoticeAction | null;
}

export interface NoticeAction {
  title: string;
  run(): void;
}

/** Longer when there is something to do. */
const shownFor = { plain: 4000, withAction: 12_000 };

/** Short messages at the lower edge; errors stay until closed. */
export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([]);
  let last = 0;

  function show(kind: Notice['kind'], text: string, hint = '', action: NoticeAction | null = null): void {
    last += 1;
    const id = last;
    notices.value = [...notices.value.slice(-3), { id, kind, text, hint, action }];
    if (kind === 'info') setTimeout(() => close(id), action === null ? shownFor.plain : shownFor.withAction);
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
