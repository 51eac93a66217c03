/**
 * Runs siggen, the peer that signatures are compared with, in a Python of its own: `FAULTLINE_SIGGEN_PYTHON` names
 * one that has it, else a virtual environment is made once below node_modules/.cache.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CrashData } from '@faultline/signature';

const version = '2.2.20241029';
/** Tests and benches run in the repository's root. */
const environment = path.resolve('node_modules/.cache/faultline-siggen');
const script = path.resolve('test/sdk/signature/siggen_peer.py');

export type Question =
  { signature: CrashData } | { cpp: string; line: string } | { rust: string; line: string } | { convert: unknown };

export interface Answer {
  signature?: string;
  proto_signature?: string | null;
  notes?: string[];
  result?: unknown;
  error?: string;
  seconds?: number;
}

/** The Python that has siggen, or null; then the reason has been printed. */
export function findSiggen(): string | null {
  const named = process.env['FAULTLINE_SIGGEN_PYTHON'];
  if (named !== undefined) return hasSiggen(named) ? named : skip(`${named} can't import siggen`);
  const python = path.join(environment, 'bin', 'python');
  if (existsSync(python) && hasSiggen(python)) return python;
  const make = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8', timeout: 60_000 });
  if (make.status !== 0) return skip('python3 -m venv fails');
  const install = ['-m', 'pip', 'install', '--quiet', `siggen==${version}`];
  const { status } = spawnSync(python, install, { encoding: 'utf8', timeout: 120_000 });
  return status === 0 && hasSiggen(python) ? python : skip(`pip install siggen==${version} fails`);
}

function hasSiggen(python: string): boolean {
  return spawnSync(python, ['-c', 'import siggen.rules'], { timeout: 30_000 }).status === 0;
}

function skip(reason: string): null {
  process.stderr.write(`SKIPPED: comparing signatures with siggen, ${reason} (set FAULTLINE_SIGGEN_PYTHON)\n`);
  return null;
}

/** Folder of the lists that come with siggen. */
export function siggenLists(python: string): string {
  const code = 'import pathlib, siggen; print(pathlib.Path(siggen.__file__).parent / "siglists")';
  return spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout.trim();
}

/** Asks all questions in one run. With `lists: null` siggen uses its own lists. */
export function askSiggen(python: string, lists: string | null, questions: readonly Question[]): Answer[] {
  const { stdout, stderr, status } = spawnSync(python, [script, lists ?? '-', '--time'], {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`siggen failed: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}
