import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Unit and contract tests read the sources; system tests start the built server. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{sdk,server,plugins,desktop}/**/*.test.ts'],
          exclude: ['test/desktop/browser/**', 'test/desktop/app/electron*.test.ts', 'test/**/*.long.test.ts'],
          setupFiles: ['test/desktop/english-texts.ts'],
          pool: 'threads',
          // By itself it leaves a core to the terminal: of two, half.
          maxWorkers: '100%',
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/desktop/browser/**/*.test.ts'],
          exclude: ['test/**/*.long.test.ts'],
          // A real browser on a busy machine misses a moment now and then; what fails twice is a fault.
          retry: 1,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: ['test/desktop/app/electron*.test.ts'],
          exclude: ['test/**/*.long.test.ts'],
          retry: 1,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.ts'],
          exclude: ['test/**/*.long.test.ts'],
          pool: 'forks',
          // One file waits for its servers and commands half of the time, each of which uses one core.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
