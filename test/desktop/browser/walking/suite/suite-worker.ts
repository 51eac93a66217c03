/// <reference types="vite/client" />
/**
 * The program of a web worker that runs the suites of @faultline/minidump and @faultline/symbols as they stand: each
 * test file is a module of this bundle, and vitest's own runner runs it.
 */
import { startTests, type File, type Task, type VitestRunner } from '@vitest/runner';

/** What became of one file. */
export interface FileOutcome {
  file: string;
  passed: number;
  skipped: number;
  /** Names and reasons. */
  failures: string[];
  milliseconds: number;
}

// The suites look at these before they are imported.
Object.assign(globalThis, {
  process: { env: { FAULTLINE_CORPUS: '/corpus', FAULTLINE_FUZZ_SECONDS: '0.3' }, stderr: { write: () => true } },
});

const modules = import.meta.glob([
  '../../../../sdk/minidump/**/*.test.ts',
  '../../../../sdk/symbols/**/*.test.ts',
  // It runs a program of the system.
  '!../../../../sdk/minidump/output/peer.test.ts',
]);

const runner: VitestRunner = {
  config: {
    root: '/',
    setupFiles: [],
    name: undefined,
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 1,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => modules[path]?.(),
};

function outcomeOf(file: File): FileOutcome {
  const tests = testsBelow(file);
  const inState = (state: string) => tests.filter((test) => test.result?.state === state);
  const broken = [...(file.result?.errors ?? []).map(({ stack }) => `${file.name}: ${stack}`)];
  return {
    file: file.filepath.replace(/^(\.\.\/)+/, ''),
    passed: inState('pass').length,
    skipped: tests.filter((test) => test.mode === 'skip').length,
    failures: [...broken, ...inState('fail').map((test) => `${test.name}: ${test.result?.errors?.[0]?.stack ?? ''}`)],
    milliseconds: Math.round(file.result?.duration ?? 0),
  };
}

function testsBelow(task: Task): Task[] {
  return 'tasks' in task ? task.tasks.flatMap(testsBelow) : [task];
}

startTests(Object.keys(modules), runner).then(
  (files) => postMessage(files.map(outcomeOf)),
  (error: unknown) => postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error)),
);
