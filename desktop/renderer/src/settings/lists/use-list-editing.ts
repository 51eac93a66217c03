import { t } from '../../i18n/i18n.js';
import type { JobRunShape, SignatureLists, SignatureListTestAnswer, SignaturePlan } from '@faultline/sdk/api';
import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { useApi } from '../../api/current-api.js';
import { useResource } from '../../common/use-resource.js';
import { useNotices } from '../../stores/notices.js';

export type ListName = SignatureLists['lists'][number]['name'];

/** A run that is looked at again while it goes on. */
const lookAgain = 400;

/** Signature lists while somebody edits them: texts, problems, a crash on trial, a plan and its job. */
export function useListEditing() {
  const api = useApi();
  const notices = useNotices();
  const lists = useResource<SignatureLists>();
  const edits = ref<Partial<Record<ListName, string>>>({});
  const problems = shallowRef<SignatureLists['problems'] | null>(null);
  const trial = shallowRef<SignatureListTestAnswer | null>(null);
  const plan = shallowRef<SignaturePlan | null>(null);
  const run = shallowRef<JobRunShape | null>(null);
  const isBusy = ref(false);
  const left = new AbortController();
  onScopeDispose(() => left.abort());

  const isEdited = computed(() => Object.keys(edits.value).length > 0);
  const shownProblems = computed(() => problems.value ?? lists.value.value?.problems ?? []);

  function load(): Promise<void> {
    return lists.load('lists', (signal) => api.get<SignatureLists>('signature-lists', {}, signal));
  }

  function textOf(name: ListName): string {
    return edits.value[name] ?? lists.value.value?.lists.find((list) => list.name === name)?.text ?? '';
  }

  function edit(name: ListName, text: string): void {
    const { [name]: _, ...others } = edits.value;
    const stored = lists.value.value?.lists.find((list) => list.name === name)?.text;
    edits.value = text === stored ? others : { ...others, [name]: text };
    problems.value = null;
    plan.value = null;
  }

  function discard(): void {
    edits.value = {};
    problems.value = null;
    plan.value = null;
  }

  /** Runs one thing at a time; what goes wrong is said. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true;
    try {
      await work();
    } catch (error) {
      notices.fail(error);
    }
    isBusy.value = false;
  }

  const check = () =>
    attempt(async () => {
      const body = { lists: edits.value };
      const answer = await api.call<Pick<SignatureLists, 'problems'>>('POST', 'signature-lists/check', { body });
      problems.value = answer.problems;
    });

  const tryCrash = (crashId: string) =>
    attempt(async () => {
      trial.value = null;
      const body = { crashId, lists: edits.value };
      trial.value = await api.call<SignatureListTestAnswer>('POST', 'signature-lists/test', { body });
    });

  const save = () =>
    attempt(async () => {
      const body = { version: lists.value.value?.version ?? 0, lists: edits.value };
      await api.call('PUT', 'signature-lists', { body });
      notices.show('info', t('settings.useListEditing.savedCrashesThatCome'));
      discard();
      await load();
    });

  const preview = (crashes: number) =>
    attempt(async () => {
      plan.value = null;
      const body = { version: lists.value.value?.version ?? 0, lists: edits.value, crashes };
      const ended = await follow('signature-lists/preview', body);
      if (ended !== null) plan.value = await api.get<SignaturePlan>(`signature-lists/plans/${ended}`);
    });

  const carryOut = (action: 'apply' | 'undo', id: string) =>
    attempt(async () => {
      const ended = await follow(`signature-lists/plans/${id}/${action}`, {});
      if (ended === null) return;
      notices.show(
        'info',
        action === 'apply'
          ? t('settings.useListEditing.appliedAsItWas')
          : t('settings.useListEditing.undoneListsAndSignatures'),
      );
      discard();
      plan.value = await api.get<SignaturePlan>(`signature-lists/plans/${id}`);
      await load();
    });

  const cancel = () =>
    attempt(async () => {
      if (run.value !== null) await api.call('POST', `job-runs/${run.value.id}/cancel`, { body: {} });
    });

  /** The id of the run once it has succeeded; null when it has not, which is said. */
  async function follow(path: string, body: object): Promise<string | null> {
    const { run: id } = await api.call<{ run: string }>('POST', path, { body });
    try {
      for (;;) {
        run.value = await api.get<JobRunShape>(`job-runs/${id}`, {}, left.signal);
        const { status, error } = run.value;
        if (status === 'succeeded') return id;
        if (status === 'cancelled') return null;
        if (status === 'failed') {
          notices.show(
            'error',
            error?.message ?? t('settings.useListEditing.itFailed'),
            [error?.hint, error?.code].filter(Boolean).join(' · '),
          );
          return null;
        }
        await new Promise((resolve) => setTimeout(resolve, lookAgain));
      }
    } finally {
      run.value = null;
    }
  }

  return {
    lists,
    edits,
    trial,
    plan,
    run,
    isBusy,
    isEdited,
    shownProblems,
    load,
    textOf,
    edit,
    discard,
    check,
    tryCrash,
    save,
    preview,
    carryOut,
    cancel,
  };
}
