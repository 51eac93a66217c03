/**
 * The real app in a real Electron under Xvfb: `ELECTRON_OVERRIDE_DIST_PATH` names the folder of one, else the shared
 * tool makes one (eight seconds, once a machine). Hold the handle and stop it.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

/** Tests and benches run from the repository. */
const root = path.resolve('.');
const built = path.join(root, 'desktop/dist/app/main.js');
const tool = path.join(root, '../shared/tools/electron/electron-dist');

/** Path of Electron's binary; null where there is none, which is said out loud, and an error with CI=true. */
export function requireElectron(): string | null {
  const missing = whyNot();
  if (missing === null) return electronBinary();
  if (process.env['CI'] === 'true') throw new Error(`The app can't be tested: ${missing}`);
  process.stderr.write(`SKIPPED: the app in a real Electron, ${missing}\n`);
  return null;
}

function whyNot(): string | null {
  if (!existsSync(built)) return 'it is not built (npm run build:app -w @faultline/desktop)';
  if (spawnSync('which', ['Xvfb']).status !== 0) return 'Xvfb is missing (apt-get install xvfb)';
  return electronBinary() === null ? 'ELECTRON_OVERRIDE_DIST_PATH names no folder with Electron' : null;
}

let known: string | null | undefined;

function electronBinary(): string | null {
  known ??= findElectron();
  return known;
}

function findElectron(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder !== undefined) {
    const binary = path.join(folder, 'electron');
    return existsSync(binary) ? binary : null;
  }
  if (!existsSync(tool)) return null;
  const { stdout, status } = spawnSync(tool, { encoding: 'utf8' });
  return status === 0 ? (stdout.trim().split('\n').at(-1) ?? null) : null;
}

/** A screen that nobody sees. */
export class Display {
  private constructor(
    private readonly process: ChildProcess,
    readonly name: string,
  ) {}

  static async start(): Promise<Display> {
    const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x960x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const number = await new Promise<string>((resolve, reject) => {
      server.stdio[3]?.once('data', (text: Buffer) => resolve(text.toString().trim()));
      server.once('exit', () => reject(new Error('Xvfb did not start')));
    });
    return new Display(server, `:${number}`);
  }

  stop(): void {
    this.process.kill();
  }
}

export interface RunningApp {
  app: ElectronApplication;
  page: Page;
  /** Ends it as a person would, by closing its window. */
  stop(): Promise<void>;
}

/** A user of the app: settings and files of their own, over several starts. */
export class AppUser {
  readonly home = mkdtempSync(path.join(os.tmpdir(), 'faultline-app-'));
  private running: ElectronApplication[] = [];

  constructor(
    private readonly binary: string,
    private readonly display: Display,
  ) {}

  settings(values: object): void {
    mkdirSync(this.home, { recursive: true });
    writeFileSync(path.join(this.home, 'settings.json'), JSON.stringify(values));
  }

  async start(words: string[] = [], env: Record<string, string> = {}): Promise<RunningApp> {
    const app = await _electron.launch({
      executablePath: this.binary,
      args: ['--no-sandbox', '--disable-gpu', `--user-data-dir=${this.home}`, path.join(root, 'desktop'), ...words],
      env: { ...environment(), HOME: this.home, DISPLAY: this.display.name, ...env },
      timeout: 60_000,
    });
    this.running.push(app);
    const page = await app.firstWindow();
    await page.waitForLoadState('domcontentloaded');
    return {
      app,
      page,
      stop: async () => {
        this.running = this.running.filter((one) => one !== app);
        const closed = app.waitForEvent('close');
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((one) => one.close()));
        await closed;
      },
    };
  }

  /** A second start, as the system does for a link or a file: it tells the first and ends. */
  async startAgain(words: string[], folder = root): Promise<void> {
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${this.home}`,
      path.join(root, 'desktop'),
      ...words,
    ];
    const child = spawn(this.binary, args, {
      stdio: 'ignore',
      cwd: folder,
      env: { ...environment(), HOME: this.home, DISPLAY: this.display.name },
    });
    await new Promise((resolve) => child.once('exit', resolve));
  }

  async end(): Promise<void> {
    for (const app of this.running) await app.close().catch(() => undefined);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
