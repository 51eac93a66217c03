import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { FaultlineError } from '@faultline/sdk/errors';

/** Ready within this, also on a slow disk. */
const patience = 60_000;
const longestLog = 20_000;

export interface OwnServerOptions {
  /** `server/bin/faultline.js`. */
  program: string;
  /** Where crashes are kept. */
  data: string;
  /** The same port each time, so that clients set up once go on; 0 for any. */
  port: number;
  onChange(): void;
  /** The program that runs it: Electron itself, as Node. */
  node?: { path: string; env: Record<string, string> };
}

interface StartedServer {
  url: string;
  token: string | null;
}

export type OwnServerState = 'stopped' | 'starting' | 'running' | 'failed';

/** The server inside the app, for someone who has none: a process of its own, stopped with the app. */
export class OwnServer {
  private child: ChildProcess | null = null;
  private log = '';
  private starting: Promise<StartedServer> | null = null;
  state: OwnServerState = 'stopped';
  /** With a slash at its end; "" while it does not run. */
  url = '';

  constructor(private readonly options: OwnServerOptions) {}

  /**
   * @param needsToken no token of an earlier start is there
   * @param tokenDays a new token may be used for so long; null for ever
   * @returns its address, and a token that may do everything when one was wanted
   * @throws FaultlineError `OWN_SERVER_MISSING`, `OWN_SERVER_FAILED` with what it printed
   */
  start(wish: { needsToken: boolean; tokenDays?: number | null }): Promise<StartedServer> {
    this.starting ??= this.begin(wish).finally(() => (this.starting = null));
    return this.starting;
  }

  private async begin({ needsToken, tokenDays = null }: { needsToken: boolean; tokenDays?: number | null }) {
    const { program, port } = this.options;
    if (!existsSync(program)) {
      throw new FaultlineError('NotFound', 'OWN_SERVER_MISSING', 'This build of the app has no server in it.');
    }
    if (this.child !== null) return { url: this.url, token: null };
    this.change('starting');
    try {
      const child = await this.serve(port).catch((error: unknown) => {
        // Another program has the port: any other will do.
        if (!/EADDRINUSE|in use/i.test(this.log)) throw error;
        return this.serve(0);
      });
      const token = needsToken ? await this.makeToken(tokenDays) : null;
      child.once('exit', () => this.ended(child));
      this.change('running');
      return { url: this.url, token };
    } catch (error) {
      this.end();
      this.change('failed');
      throw error;
    }
  }

  private async serve(port: number): Promise<ChildProcess> {
    this.log = '';
    const child = this.run(['serve', '--data', this.options.data, '--port', String(port)]);
    this.child = child;
    this.url = `${await this.ready(child)}/`;
    return child;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
    this.url = '';
    this.change('stopped');
  }

  private end(): void {
    this.child?.kill('SIGKILL');
    this.child = null;
  }

  private ended(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = null;
    this.url = '';
    this.change('failed');
  }

  private ready(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        const hint = this.log.trim().split('\n').at(-1) ?? '';
        reject(new FaultlineError('Unavailable', 'OWN_SERVER_FAILED', why, { hint }));
      };
      const timer = setTimeout(() => fail('The server was not ready in time.'), patience);
      const take = (text: Buffer): void => {
        this.log = (this.log + text.toString()).slice(-longestLog);
        const url = /^ready (http\S+)$/m.exec(this.log)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('exit', (code) => {
        clearTimeout(timer);
        fail(`The server ended with status ${code ?? 'unknown'}.`);
      });
    });
  }

  private async makeToken(days: number | null): Promise<string> {
    const permissions = ['view_pii', 'view_rawdump', 'reprocess', 'triage', 'upload_symbols', 'manage'];
    const name = `this app ${randomBytes(3).toString('hex')}`;
    const wished = permissions.flatMap((permission) => ['--permission', permission]);
    if (days !== null) wished.push('--days', String(days));
    const child = this.run(['token', 'create', '--data', this.options.data, '--name', name, ...wished]);
    let output = '';
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    const token = output.trim();
    if (token === '') throw new FaultlineError('Unavailable', 'OWN_SERVER_FAILED', 'The server gave no token.');
    return token;
  }

  private run(args: string[]): ChildProcess {
    const node = this.options.node ?? { path: process.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
    return spawn(node.path, [this.options.program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...node.env },
    });
  }

  private change(state: OwnServerState): void {
    this.state = state;
    this.options.onChange();
  }
}
