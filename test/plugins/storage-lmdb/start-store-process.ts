import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface StoreEvent {
  ready?: number;
  stored?: string;
  seed?: number;
  refused?: string;
  code?: string;
  kind?: string;
  closed?: boolean;
  /** Read back otherwise than it was stored. */
  wrong?: string;
  erased?: string | null;
  /** What the counter in the state was set to. */
  count?: number;
  scrubbed?: number;
}

let bundle: Promise<string> | null = null;

/** Node can't run our sources in a child: one file is made of them, where `lmdb` is found. */
function bundled(): Promise<string> {
  bundle ??= (async () => {
    const here = fileURLToPath(new URL('.', import.meta.url));
    const repository = path.join(here, '../../..');
    const folder = await mkdtemp(path.join(repository, 'node_modules', '.store-process-'));
    process.on('exit', () => void rm(folder, { recursive: true, force: true }));
    const outfile = path.join(folder, 'store-process.mjs');
    await build({
      entryPoints: [path.join(here, 'store-process.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['source'],
      external: ['lmdb', 'vitest'],
      logLevel: 'error',
    });
    return outfile;
  })();
  return bundle;
}

export async function removeBundle(): Promise<void> {
  if (bundle !== null) await rm(path.dirname(await bundle), { recursive: true, force: true });
  bundle = null;
}

/** @param wrap words before `node`, e.g. a shell with a limit */
export async function startStoreProcess(args: string[], wrap: (node: string[]) => string[] = (node) => node) {
  const [command = '', ...rest] = wrap([process.execPath, await bundled(), ...args]);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const events: StoreEvent[] = [];
  const errors: string[] = [];
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  createInterface(child.stdout).on('line', (line) => {
    events.push(JSON.parse(line) as StoreEvent);
    tell();
  });
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => (resolve(code), tell())));
  return {
    events,
    errors,
    ended,
    pid: child.pid ?? 0,
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    },
    /** Resolves when the condition holds; rejects when the process ended before. */
    until: (condition: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (condition()) resolve();
          else if (child.exitCode !== null) reject(new Error(`The store's process ended: ${errors.join('')}`));
          else return;
          listeners.delete(look);
        };
        listeners.add(look);
        look();
      }),
  };
}
