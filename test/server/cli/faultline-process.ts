import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../../../server/src/cli/main.js';
import { importFromPlugin } from '../../../server/src/cli/plugin-commands.js';

const program = fileURLToPath(new URL('./from-sources.js', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Plugins of the repository that these tests go without, to start fast. */
export const needless = readdirSync(fileURLToPath(new URL('../../../plugins', import.meta.url)))
  .filter((name) => name !== 'storage-lmdb' && !name.endsWith('.md'))
  .join(',');

/** Runs a command of `faultline` in this process, as the program does. */
export async function faultline(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  outcome.code = await main(args, {
    args,
    env,
    cwd: process.cwd(),
    stdout: (text) => void (outcome.stdout += text),
    stderr: (text) => void (outcome.stderr += text),
    stdin: () => process.stdin,
    importFrom: importFromPlugin,
    signal: new AbortController().signal,
  });
  return outcome;
}

export interface Serving {
  url: string;
  output: { stdout: string; stderr: string };
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

/** `faultline serve` on a free port with the fewest plugins, until it is ready. */
export async function serve(data: string, args: string[] = [], disabled = needless): Promise<Serving> {
  const { child, output } = start(['serve', '--data', data, '--port', '0', '--set', `disabled=${disabled}`, ...args]);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const ready = /^ready (\S+)$/m.exec(output.stdout)?.[1];
      if (ready !== undefined) resolve(ready);
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${output.stderr}`)));
  });
  return {
    url,
    output,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** A process of its own, from the sources. Variables of the caller's own Faultline do not reach it. */
function start(args: string[]): { child: ChildProcess; output: { stdout: string; stderr: string } } {
  const env = Object.entries(process.env).filter(([name]) => !/^(FAULTLINE_|NODE_OPTIONS)/.test(name));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(env),
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  return { child, output };
}
