import type { CrashReport } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { asApiError, isAborted, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { readStackReport, record } from '../reading/stack-model.js';
import { useConnection } from './connection.js';

/** Between two looks at a report that is still being processed: rarer when events tell of every step. */
const lookAgain = { live: 5000, polling: 1500 };
const quietTime = 150;

/** The one report on the screen. */
export const useCrash = defineStore('crash', () => {
  const api = useApi();
  const connection = useConnection();
  const crashId = ref('');
  const report = shallowRef<CrashReport | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const isSlow = ref(false);
  /** What the processor is doing, from live events; "" when nothing is known. */
  const step = ref('');
  /** A run that was asked for and is not there yet; 0 for none. */
  const awaitedRun = ref(0);

  let asking: AbortController | null = null;
  let slowTimer: ReturnType<typeof setTimeout> | undefined;
  let againTimer: ReturnType<typeof setTimeout> | undefined;

  const stack = computed(() => readStackReport(report.value?.processed?.['json_dump']));
  const processed = computed(() => record(report.value?.processed));
  /** A processed report whose next run is under way, whoever asked for it. */
  const isProcessedAgain = computed(
    () => awaitedRun.value > 0 || (report.value?.state === 'processed' && report.value.step !== ''),
  );
  const isWaiting = computed(() => report.value?.state === 'pending' || isProcessedAgain.value);
  const shownStep = computed(() => step.value || report.value?.step || 'waiting in the queue');

  connection.listen((event) => {
    if (event.data['crashId'] !== crashId.value || crashId.value === '') {
      if (event.event === 'tick' && isWaiting.value) void load();
      return;
    }
    if (event.event === 'crash.step') step.value = String(event.data['step'] ?? '');
    else if (event.event === 'crash.processed' || event.event === 'crash.deleted') void load();
  });

  function open(id: string): void {
    if (id === crashId.value && report.value !== null) {
      void load();
      return;
    }
    close();
    crashId.value = id;
    void load();
  }

  function close(): void {
    asking?.abort();
    clearTimeout(againTimer);
    clearTimeout(slowTimer);
    crashId.value = '';
    report.value = null;
    error.value = null;
    isSlow.value = false;
    step.value = '';
    awaitedRun.value = 0;
  }

  async function load(): Promise<void> {
    asking?.abort();
    clearTimeout(againTimer);
    const mine = new AbortController();
    asking = mine;
    clearTimeout(slowTimer);
    slowTimer = setTimeout(() => (isSlow.value = report.value === null), quietTime);
    try {
      const answer = await api.crash(crashId.value, mine.signal);
      if (asking !== mine) return;
      take(answer);
    } catch (failure) {
      if (asking !== mine || isAborted(failure)) return;
      error.value = asApiError(failure);
      // Erased while it was open: what was read of it must not stay on the screen.
      if (error.value.isNotFound) report.value = null;
    }
    clearTimeout(slowTimer);
    isSlow.value = false;
    if (isWaiting.value) {
      againTimer = setTimeout(() => void load(), connection.live === 'live' ? lookAgain.live : lookAgain.polling);
    }
  }

  function take(answer: CrashReport): void {
    report.value = answer;
    error.value = null;
    const newest = answer.runs[0]?.run ?? 0;
    if (awaitedRun.value > 0 && newest >= awaitedRun.value) awaitedRun.value = 0;
    if (!isWaiting.value) step.value = '';
  }

  async function reprocess(): Promise<void> {
    const accepted = await api.reprocess(crashId.value);
    step.value = 'waiting in the queue';
    awaitedRun.value = accepted.run;
    await load();
  }

  return {
    crashId,
    report,
    error,
    isSlow,
    awaitedRun,
    isProcessedAgain,
    isWaiting,
    shownStep,
    stack,
    processed,
    open,
    close,
    load,
    reprocess,
  };
});
