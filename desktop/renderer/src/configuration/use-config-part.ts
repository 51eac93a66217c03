import { computed } from 'vue';
import { useConfigDraft } from './use-config-draft.js';

/** A part of the configuration that has a screen of its own: the settings whose names begin with `prefix`. */
export function useConfigPart(prefix: string) {
  const draft = useConfigDraft();
  const detail = draft.detail.value;
  return {
    draft,
    settings: computed(() =>
      (detail.value?.sections.flatMap((section) => section.settings) ?? []).filter(({ name }) =>
        name.startsWith(prefix),
      ),
    ),
    /** The file says something else than the server runs with. */
    isWaiting: computed(() => detail.value?.waiting.some((name) => name.startsWith(prefix)) === true),
  };
}
