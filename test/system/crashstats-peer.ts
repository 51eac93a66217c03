/**
 * crashstats-tools as it comes from PyPI, in a Python of its own: `FAULTLINE_CRASHSTATS_TOOLS` names the folder with
 * its commands, else a virtual environment is made once below node_modules/.cache.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const version = '2.1.0';
const environment = path.resolve('node_modules/.cache/faultline-crashstats-tools');

/** The folder with the commands, or null; then the reason has been printed. With CI=true it throws instead. */
export function findCrashStatsTools(): string | null {
  const named = process.env['FAULTLINE_CRASHSTATS_TOOLS'];
  const folder = named ?? path.join(environment, 'bin');
  if (existsSync(path.join(folder, 'supersearch'))) return folder;
  if (named !== undefined) return missing(`${named} has no supersearch`);
  const make = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8', timeout: 60_000 });
  if (make.status !== 0) return missing('python3 -m venv fails');
  const install = ['-m', 'pip', 'install', '--quiet', `crashstats-tools==${version}`];
  const { status } = spawnSync(path.join(folder, 'python'), install, { encoding: 'utf8', timeout: 120_000 });
  return status === 0 ? folder : missing(`pip install crashstats-tools==${version} fails`);
}

function missing(reason: string): null {
  const text = `scripts for Crash Stats, ${reason} (set FAULTLINE_CRASHSTATS_TOOLS)`;
  if (process.env['CI'] === 'true') throw new Error(text);
  process.stderr.write(`SKIPPED: ${text}\n`);
  return null;
}

/** Runs one of the commands to its end. */
export async function crashStats(
  folder: string,
  { command, args, token }: { command: string; args: string[]; token: string },
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, CRASHSTATS_API_TOKEN: token };
  const child = spawn(path.join(folder, command), args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, ...output };
}
