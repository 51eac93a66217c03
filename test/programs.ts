import { spawnSync } from 'node:child_process';

/** Whether an outside program starts here. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** The reason for a skip stands in the output, and with CI=true it is an error. */
export function requireProgram(name: string): boolean {
  if (hasProgram(name)) return true;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not installed`);
  process.stderr.write(`SKIPPED: a test needs ${name}, which is not here (test/programs.json)\n`);
  return false;
}
