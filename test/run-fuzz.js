// `npm run fuzz`: damaged dumps, symbol texts, indexes and posts for longer than the unit tests take.
//   FAULTLINE_FUZZ_SECONDS=600 npm run fuzz    seconds for each kind of input (60 when not given)
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--config', 'test/vitest.config.ts', '--project', 'unit', 'fuzz/'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    env: { ...process.env, FAULTLINE_FUZZ_SECONDS: process.env.FAULTLINE_FUZZ_SECONDS ?? '60' },
  },
);
process.exitCode = status ?? 1;
