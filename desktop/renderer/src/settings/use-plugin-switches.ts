import { computed } from 'vue';
import { useConfigDraft } from '../configuration/use-config-draft.js';

/** Which plugins the configuration leaves out, and a change of that: reviewed, then applied, like any other setting. */
export function usePluginSwitches() {
  const draft = useConfigDraft();
  const { detail, typed } = draft;
  void draft.load();
  const setting = computed(() =>
    detail.value.value?.sections.flatMap(({ settings }) => settings).find(({ name }) => name === 'disabled'),
  );
  const off = computed(() => {
    const text = typed.get('disabled');
    if (text !== undefined) return new Set(text.split('\n').filter(Boolean));
    return new Set(Array.isArray(setting.value?.value) ? setting.value.value.map(String) : []);
  });

  /** Turns a plugin off, or on again; nothing is written until `apply`. */
  function flip(id: string): void {
    if (setting.value === undefined) return;
    const next = new Set(off.value);
    if (!next.delete(id)) next.add(id);
    draft.type(setting.value, [...next].join('\n'));
  }

  return {
    draft,
    /** The configuration may be seen, and the environment does not overrule the file. */
    canSwitch: computed(() => setting.value?.source === 'default' || setting.value?.source === 'file'),
    isOff: (id: string) => off.value.has(id),
    flip,
  };
}
