// `npm test`: gets what the tests need, builds, checks the code, runs the suites, and counts.
//   node test/run-tests.js [--only unit,browser,electron,system] [--no-check] [-- vitest arguments]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepareOutsidePrograms } from './outside-programs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, 'no-check': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
});
if (values.help) {
  console.log('npm test -- [--only unit,browser,electron,system] [--no-check] [-- VITEST ARGUMENTS]');
  process.exit(0);
}
const suites = values.only?.split(',') ?? ['unit', 'browser', 'electron', 'system'];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'faultline-tests-'));
const counts = { passed: 0, failed: 0, skipped: 0 };
const began = Date.now();

/** Milliseconds that all cores together have worked since the machine started. */
function workOfCores() {
  return os.cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

function step(title, command, args) {
  const start = Date.now();
  const workBefore = workOfCores();
  console.log(`\n== ${title}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  const took = Date.now() - start;
  const share = (workOfCores() - workBefore) / (took * os.cpus().length);
  const verdict = status === 0 ? 'ok' : 'FAILED';
  console.log(`== ${title}: ${verdict} in ${(took / 1000).toFixed(1)} s, cores busy ${(share * 100).toFixed(0)} %`);
  return status === 0;
}

function runSuite(suite) {
  const report = path.join(scratch, `${suite}.json`);
  const isGreen = step(`${suite} tests`, 'npx', [
    'vitest',
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project',
    suite,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...positionals,
  ]);
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += result.numPassedTests;
    counts.failed += result.numFailedTests;
    counts.skipped += result.numPendingTests + result.numTodoTests;
    // A file that can't be loaded has no tests to count.
    if (!isGreen && result.numFailedTests === 0) counts.failed += 1;
  } catch {
    console.log(`== ${suite} tests left no report`);
    counts.failed += 1;
  }
}

let isFine = prepareOutsidePrograms();
if (isFine) {
  if (!step('build', 'npm', ['run', '--silent', 'build'])) isFine = false;
  else {
    if (!values['no-check'] && !step('check', 'npm', ['run', '--silent', 'check'])) isFine = false;
    for (const suite of suites) runSuite(suite);
  }
}
rmSync(scratch, { recursive: true, force: true });
if (!isFine) counts.failed += 1;
if (process.env.CI === 'true' && counts.skipped > 0) {
  console.log(`\nCI: ${counts.skipped} tests were skipped, which only tests marked optional may be`);
}
console.log(`\n${((Date.now() - began) / 1000).toFixed(0)} s in all`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);
