import type { ConfigurationApplied, ConfigurationDetail, ConfigurationReview, SettingDetail } from '@faultline/sdk/api';
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue';
import { asApiError, isAborted, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { useResource } from '../common/use-resource.js';
import { fieldText, fieldValue, shapeOf } from './setting-shape.js';

const reviewDelay = 250;

export type ConfigDraft = ReturnType<typeof useConfigDraft>;

/** The configuration of the server, what has been typed over it, and what that would do. */
export function useConfigDraft() {
  const api = useApi();
  const detail = useResource<ConfigurationDetail>();
  /** Text of each field that says something else than the file. */
  const typed = shallowReactive(new Map<string, string>());
  const review = shallowRef<ConfigurationReview | null>(null);
  const failure = shallowRef<ApiError | null>(null);
  const isBusy = ref(false);
  let asking: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settings = computed(
    () => new Map(detail.value.value?.sections.flatMap((section) => section.settings).map((one) => [one.name, one])),
  );
  const changes = computed(() =>
    [...typed].flatMap(([name, text]) => {
      const setting = settings.value.get(name);
      return setting === undefined ? [] : [{ name, value: fieldValue(text, shapeOf(setting.schema)) }];
    }),
  );

  /** What is wrong with a setting, by its name: in the file, or with what has been typed. */
  const problems = computed(() => {
    const all = [...(detail.value.value?.problems ?? []), ...(review.value?.problems ?? [])];
    return new Map(all.map(({ setting, message }) => [setting, message]));
  });

  async function load(): Promise<void> {
    await detail.load('configuration', (signal) => api.get<ConfigurationDetail>('configuration', {}, signal));
  }

  function type(setting: SettingDetail, text: string): void {
    const shape = shapeOf(setting.schema);
    if (text === fieldText(setting.value, shape) && !setting.isSecret) typed.delete(setting.name);
    else typed.set(setting.name, text);
  }

  /** The setting is to be taken out of the file. */
  function unset(setting: SettingDetail): void {
    typed.set(setting.name, '');
  }

  function discard(): void {
    typed.clear();
    review.value = null;
    failure.value = null;
  }

  async function look(): Promise<void> {
    asking?.abort();
    asking = new AbortController();
    const body = { revision: detail.value.value?.revision ?? '', changes: changes.value };
    try {
      const { signal } = asking;
      review.value = await api.call<ConfigurationReview>('POST', 'configuration/review', { body, signal });
      failure.value = null;
    } catch (error) {
      if (!isAborted(error)) failure.value = asApiError(error);
    }
  }

  watch(changes, (now) => {
    clearTimeout(timer);
    if (now.length === 0) discard();
    else timer = setTimeout(() => void look(), reviewDelay);
  });

  /** Null when it was refused; `failure` says why. */
  async function send(what: string, body: object, isSure: boolean): Promise<ConfigurationApplied | null> {
    isBusy.value = true;
    failure.value = null;
    try {
      const query = { sure: String(isSure) };
      const applied = await api.call<ConfigurationApplied>('POST', `configuration/${what}`, { query, body });
      discard();
      await load();
      return applied;
    } catch (error) {
      failure.value = asApiError(error);
      return null;
    } finally {
      isBusy.value = false;
    }
  }

  return {
    detail,
    typed,
    changes,
    problems,
    review,
    failure,
    isBusy,
    load,
    type,
    unset,
    discard,
    apply: (isSure: boolean) =>
      send('apply', { revision: detail.value.value?.revision ?? '', changes: changes.value }, isSure),
    rollback: (number: number, isSure: boolean) => send('rollback', { number }, isSure),
  };
}
