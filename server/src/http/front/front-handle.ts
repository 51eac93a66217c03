import { fork, type ChildProcess } from 'node:child_process';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FrontMessage, Logger, Milliseconds } from '@faultline/sdk';
import { FrontChannel } from './front-channel.js';
import {
  channelDescriptor,
  type Answer,
  type FrontControl,
  type FrontReport,
  type FrontSettings,
  type Question,
} from './front-messages.js';

/** What a front has in hand when it is stopped has so long, as in the server itself, and a little more. */
const stopLimit: Milliseconds = 12_000;

export interface FrontHandleOptions {
  settings: FrontSettings;
  /** Its listening socket goes to the front. */
  shared: Server;
  logger: Logger;
  answer(front: string, question: FrontMessage): Promise<object>;
}

/** One front process, from the server's side. */
export class FrontHandle {
  readonly pid: number;
  /** Its exit code; null when it was killed. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #channel: FrontChannel;
  isStopping = false;

  constructor(private readonly options: FrontHandleOptions) {
    const child = fork(fileURLToPath(new URL('./front-process.js', import.meta.url)), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.ended = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', (error) => {
        options.logger.error({ err: error }, 'a front process could not be started');
        resolve(null);
      });
    });
    const pipe = child.stdio[channelDescriptor] as Duplex;
    // A front that was killed leaves a broken pipe behind; its end is noticed by `ended`.
    pipe.on('error', () => {});
    this.#channel = new FrontChannel(pipe, (data, bytes) => void this.#answer(data as Question, bytes));
    child.on('message', (report: FrontReport) => {
      if (report.kind === 'ready' && !this.isStopping) this.#control({ kind: 'listen' }, options.shared);
    });
    this.#control({ kind: 'prepare', settings: options.settings });
  }

  /** It finishes what it has in hand; resolves when it is gone. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.#control({ kind: 'stop' });
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), stopLimit);
    await this.ended;
    clearTimeout(limit);
  }

  async #answer({ id, front, question }: Question, bytes: Buffer[]): Promise<void> {
    let answer: Answer;
    try {
      answer = { id, answer: await this.options.answer(front, { data: question, bytes }) };
    } catch (error) {
      this.options.logger.error({ err: error }, 'a question of a front process failed');
      answer = { id, error: error instanceof Error ? error.message : String(error) };
    }
    this.#channel.send(answer);
  }

  #control(message: FrontControl, shared?: Server): void {
    if (!this.#child.connected) return;
    this.#child.send(message, shared, (error) => {
      if (error !== null) this.options.logger.debug({ err: error, pid: this.pid }, 'a front process is gone');
    });
  }
}
