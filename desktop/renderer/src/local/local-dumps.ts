import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowReactive, shallowRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { crashVerdict } from '../reading/crash-words.js';
import { readStackReport } from '../reading/stack-model.js';
import { appFault } from './app-failure.js';
import { appBridge } from './bridge.js';
import { reportName, stateOfFolder, type CrashpadRecord } from './intake/crashpad-database.js';
import type { TakenDump } from './intake/take-files.js';
import { noProgress, type LocalDump } from './local-dump.js';
import { remember } from './recent-dumps.js';
import { appPlace } from './symbols/app-place.js';
import { serverPlace } from './symbols/server-place.js';
import { SymbolTexts } from './symbols/symbol-texts.js';
import type { ModuleQuestion, PageQuestions, WorkerQuestions } from './walk/walk-messages.js';
import { WalkProcess, type WalkEnd } from './walk/walk-process.js';
import { WorkerPool } from './walk/worker-pool.js';

/** Walks at the same time: more would only share the processor. */
const walksAtOnce = 2;

/** Dumps that are open on this page, each walked in a worker of its own. */
export const useLocalDumps = defineStore('local-dumps', () => {
  const api = useApi();
  const bridge = appBridge();
  const dumps = shallowRef<LocalDump[]>([]);
  const texts = markRaw(new SymbolTexts());
  const asksServer = ref(false);
  const crashpad = shallowReactive(new Map<string, CrashpadRecord>());
  /** Bytes of symbol indexes that may be kept in the browser's storage. */
  const cacheQuota = ref(2 * 2 ** 30);
  const processes = new Map<number, WalkProcess>();
  const pool = new WorkerPool(giveOneBack);
  let lastId = 0;
  let walking = 0;

  const isBusy = computed(() => dumps.value.some(({ state }) => state === 'waiting' || state === 'walking'));

  function add(taken: readonly TakenDump[]): LocalDump[] {
    const added = taken.map((one) => {
      const dump: LocalDump = shallowReactive({
        ...one,
        id: ++lastId,
        state: 'waiting',
        progress: noProgress,
        stack: null,
        json: '',
        failure: null,
        lost: null,
        notes: [],
        duration: 0,
      });
      return dump;
    });
    dumps.value = [...dumps.value, ...added];
    walkNext();
    return added;
  }

  function walkNext(): void {
    while (walking < walksAtOnce) {
      const next = dumps.value.find(({ state }) => state === 'waiting');
      if (next === undefined) return;
      walking += 1;
      void walk(next).finally(() => {
        walking -= 1;
        walkNext();
      });
    }
  }

  async function walk(dump: LocalDump): Promise<void> {
    dump.state = 'walking';
    dump.failure = null;
    dump.lost = null;
    dump.progress = noProgress;
    const began = performance.now();
    let end = await order(dump, false);
    if (end.kind === 'lost') {
      dump.lost = end.failure;
      end = await order(dump, true);
    }
    dump.duration = performance.now() - began;
    settle(dump, end);
  }

  function order(dump: LocalDump, isSmall: boolean): Promise<WalkEnd> {
    texts.places = [
      ...(bridge === null ? [] : [appPlace(bridge)]),
      ...(asksServer.value ? [serverPlace(api.base)] : []),
    ];
    return processOf(dump).walk({
      file: dump.file,
      microdumpIndex: dump.microdumpIndex,
      isSmall,
      // Without any place to look, no module is missing symbols: the JSON says the same as the command's.
      hasSymbols: texts.texts.size > 0 || texts.places.length > 0,
      cacheQuota: cacheQuota.value,
    });
  }

  function settle(dump: LocalDump, end: WalkEnd): void {
    if (end.kind === 'done') {
      dump.json = end.json;
      dump.stack = readStackReport(JSON.parse(end.json));
      dump.notes = end.notes;
      dump.state = 'done';
      if (dump.crashId === '') {
        const verdict = crashVerdict(dump.stack, '', '').sentence;
        const { name, size, handle } = dump;
        void remember({ name, size, handle, openedAt: Date.now(), verdict });
      }
    } else {
      dump.state = end.kind === 'stopped' ? 'stopped' : 'failed';
      if (end.kind !== 'stopped') dump.failure = end.failure;
    }
  }

  function processOf(dump: LocalDump): WalkProcess {
    const known = processes.get(dump.id);
    if (known !== undefined) return known;
    const process = new WalkProcess(pool, {
      onProgress: (progress) => (dump.progress = progress),
      onFrames: (json) => {
        if (dump.json === '') dump.stack = readStackReport(json);
      },
      answer: answerWorker,
    });
    processes.set(dump.id, process);
    return process;
  }

  function answerWorker(name: keyof WorkerQuestions, ask: unknown): Promise<unknown> {
    switch (name) {
      case 'symbols':
        return texts.find(ask as ModuleQuestion);
      case 'download':
        return texts.download((ask as WorkerQuestions['download']['ask']).stamp);
      case 'read': {
        const { remote, offset, length } = ask as WorkerQuestions['read']['ask'];
        const bytes = bridge?.ask('files.read', { handle: remote, offset, length });
        return (bytes ?? Promise.reject(new Error('no bridge'))).catch((error: unknown) => {
          throw appFault(error);
        });
      }
    }
  }

  /** Of workers that are kept only to be asked, the one longest there goes; its dump is walked again when asked. */
  function giveOneBack(): void {
    for (const [id, process] of processes) {
      if (!process.isIdle) continue;
      process.close();
      processes.delete(id);
      return;
    }
  }

  /** Asks the worker that walked a dump; walks it again where that worker is gone. */
  async function ask<Name extends keyof PageQuestions>(
    dump: LocalDump,
    name: Name,
    question: PageQuestions[Name]['ask'],
  ): Promise<PageQuestions[Name]['answer']> {
    if (!processes.has(dump.id)) settle(dump, await order(dump, dump.lost !== null));
    return processOf(dump).ask(name, question);
  }

  function stop(dump: LocalDump): void {
    if (dump.state === 'waiting') dump.state = 'stopped';
    else processes.get(dump.id)?.stop();
  }

  function walkAgain(dump: LocalDump): void {
    if (dump.state === 'walking' || dump.state === 'waiting') return;
    dump.state = 'waiting';
    walkNext();
  }

  /** After symbols were given: dumps that missed some are walked again. */
  function walkThoseInNeed(): void {
    for (const dump of dumps.value) {
      const lacking = dump.stack?.modules.filter(({ symbols }) => symbols !== 'found') ?? [];
      if (texts.has(lacking.map(({ debugId }) => debugId))) walkAgain(dump);
    }
  }

  function walkAll(): void {
    for (const dump of dumps.value) walkAgain(dump);
  }

  function close(dump: LocalDump): void {
    processes.get(dump.id)?.close();
    processes.delete(dump.id);
    if (bridge !== null && !(dump.file instanceof Blob)) void bridge.ask('files.close', { handle: dump.file.remote });
    dumps.value = dumps.value.filter((one) => one !== dump);
  }

  function crashpadRecord({ path }: LocalDump): CrashpadRecord | null {
    const known = crashpad.get(reportName(path));
    const state = stateOfFolder(path);
    if (known !== undefined) return { ...known, state: known.state || state };
    if (state === '') return null;
    const unknown = { createdAt: 0, uploadAttempts: 0, lastUploadAttempt: 0, serverId: '' };
    return { ...unknown, report: reportName(path), state, isUploaded: false, isUploadRequested: false };
  }

  function takeCrashpad(records: readonly CrashpadRecord[]): void {
    for (const record of records) crashpad.set(record.report, record);
  }

  return {
    dumps,
    pool: markRaw(pool),
    texts,
    asksServer,
    cacheQuota,
    isBusy,
    add,
    ask,
    stop,
    close,
    walkAgain,
    walkAll,
    walkThoseInNeed,
    crashpadRecord,
    takeCrashpad,
  };
});
