/**
 * A real nats-server with JetStream in a folder of its own. `FAULTLINE_NATS_SERVER` names another binary, so that the
 * same tests run on the oldest and the newest version that is supported.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const binary = process.env['FAULTLINE_NATS_SERVER'] ?? 'nats-server';

/** Its version, e.g. `v2.9.10`; null when it is not installed. */
export function natsVersion(): string | null {
  try {
    const text = execFileSync(binary, ['--version'], { encoding: 'utf8', env: withSbin() });
    return /v[\d.]+/.exec(text)?.[0] ?? text.trim();
  } catch {
    if (process.env['CI'] === 'true') throw new Error('nats-server is not installed');
    process.stderr.write('SKIPPED: tests on NATS, no nats-server here (Debian: apt-get install nats-server)\n');
    return null;
  }
}

export class NatsServer {
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** @param config more lines of its configuration: authorization, TLS */
  static async start(config = '', onPort?: number): Promise<NatsServer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-nats-'));
    const port = onPort ?? (await freePort());
    const own = `listen: 127.0.0.1:${port}\njetstream { store_dir: "${folder}/js", max_mem: 64M, max_file: 2G }\n`;
    writeFileSync(path.join(folder, 'nats.conf'), own + config);
    const server = new NatsServer(port, folder);
    await server.up();
    return server;
  }

  /** Starts it (again), on the same port and data. */
  async up(): Promise<void> {
    const child = spawn(binary, ['-c', path.join(this.folder, 'nats.conf')], { stdio: 'ignore', env: withSbin() });
    this.child = child;
    const until = Date.now() + 10_000;
    while (!(await answers(this.port))) {
      if (Date.now() > until || child.exitCode !== null) throw new Error('nats-server does not start');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Takes it away at once. Folklore: 2.9.10 writes acks behind; one that was answered just before a kill -9 may be
   * forgotten, and its message comes again.
   */
  async down(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.setTimeout(500, () => done(false));
  });
}
