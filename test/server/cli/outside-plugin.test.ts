import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { faultline, serve, type Serving } from './faultline-process.js';

let folder: string;
let server: Serving | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-outside-'));
  await write(
    'hello/package.json',
    JSON.stringify({ name: 'hello', version: '3.1.4', type: 'module', faultline: manifest }),
  );
  await write('hello/src/index.ts', entry);
  await write('hello/src/greeting.ts', greeting);
  await write('hello/src/command.ts', command);
  await write('data/faultline.yaml', 'plugins: [../hello]\nhello:\n  name: Ada\n');
});
afterEach(async () => {
  await server?.stop();
  server = null;
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

const manifest = {
  id: 'hello',
  displayName: 'Hello',
  apiVersion: 1,
  entry: './src/index.ts',
  contributes: {
    HttpRoute: [{ id: 'hello/greet' }],
    CliCommand: [{ id: 'hello', title: 'Greets', module: './src/command.ts' }],
  },
};

const entry = `
import { Clock, definePlugin, HttpRoute, PluginCatalog, StateStore } from '@faultline/sdk';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { Greeting } from './greeting.js';

const config = z.strictObject({ name: z.string() });

export default definePlugin({
  config,
  activate(context) {
    const greeting = context.resolve(Greeting);
    const [preload] = context.resolve(PluginCatalog).preloads();
    context.contribute(HttpRoute, {
      id: 'hello/greet', method: 'GET', path: 'greet', summary: 'Greets', access: 'open',
      async handle() {
        return { body: { text: await greeting.text(context.config.name), inWorker: await inWorker(preload) } };
      },
    });
  },
});

function inWorker(preload: string): Promise<string> {
  const code = \`import(process.argv[2]).then(() => import(process.argv[3])).then((m) => m.say(require('worker_threads').parentPort))\`;
  const worker = new Worker(code, { eval: true, argv: [preload, new URL('./greeting.ts', import.meta.url).href] });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}
`;

const greeting = `
import { Clock, StateStore } from '@faultline/sdk';
import { inject, injectable } from '@faultline/sdk/injection';
import type { MessagePort } from 'node:worker_threads';

enum Tone { Warm = 'Hello' }

@injectable()
export class Greeting {
  constructor(@inject(Clock) private readonly clock: Clock, @inject(StateStore) private readonly state: StateStore) {}

  async text(name: string): Promise<string> {
    const entry = await this.state.get(['hello']);
    return Tone.Warm + ' ' + name + ' ' + (this.clock.now() > 0) + ' ' + (entry === null);
  }
}

export const say = (port: MessagePort): void => port.postMessage(Tone.Warm + ' from a worker');
`;

const command = `
import type { CliContext } from '@faultline/sdk/cli-command';
export const help: string = 'Usage: faultline hello NAME';
export async function run({ args, stdout }: CliContext): Promise<number> {
  stdout('Hello ' + args.join(' ') + '\\n');
  return 0;
}
`;

it(
  "a plugin outside the repository, in TypeScript, gets the host's own services by its own imports",
  { timeout: 30_000 },
  async () => {
    server = await serve(path.join(folder, 'data'));
    const response = await fetch(`${server.url}/api/v1/plugins/hello/greet`);
    expect(await response.json()).toEqual({ text: 'Hello Ada true true', inWorker: 'Hello from a worker' });
    const { stdout } = await faultline(['plugins', '--data', path.join(folder, 'data')]);
    expect(stdout).toMatch(/^hello +active +3\.1\.4 +Hello$/m);
  },
);

it('its command is found by its name', async () => {
  const data = path.join(folder, 'data');
  expect(await faultline(['hello', 'Grace', '--data', data])).toMatchObject({
    code: 0,
    stdout: `Hello Grace --data ${data}\n`,
  });
});

it('one that is not where the configuration says is reported, and the server starts', { timeout: 30_000 }, async () => {
  await write('data/faultline.yaml', 'plugins: [../gone]\n');
  server = await serve(path.join(folder, 'data'));
  const { code, stdout } = await faultline(['plugins', '--data', path.join(folder, 'data')]);
  expect(code).toBe(1);
  expect(stdout).toContain('PLUGIN_NOT_FOUND: There is no plugin at "../gone".');
});

it('with --dev it is reloaded when one of its files changes', { timeout: 30_000 }, async () => {
  server = await serve(path.join(folder, 'data'), ['--dev']);
  const greet = async () =>
    ((await (await fetch(`${server?.url}/api/v1/plugins/hello/greet`)).json()) as { text: string }).text;
  expect(await greet()).toBe('Hello Ada true true');
  await write('hello/src/greeting.ts', greeting.replace("'Hello'", "'Good morning'"));
  await expect.poll(greet, { timeout: 10_000 }).toBe('Good morning Ada true true');
  await write('hello/src/greeting.ts', 'this is not TypeScript');
  await expect.poll(() => server?.output.stderr, { timeout: 10_000 }).toContain("can't be imported");
  await write('hello/src/greeting.ts', greeting);
  await expect.poll(greet, { timeout: 10_000 }).toBe('Hello Ada true true');
});
