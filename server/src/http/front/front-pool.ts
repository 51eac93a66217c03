/**
 * Keeps front processes: as many as are always wanted, or some while the server is busy with requests that fronts take.
 * A front that ends is replaced while it is wanted; what it had in hand was not answered.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import type { HttpFront } from '@faultline/sdk';
import { type ContributionList, type Logger, type Milliseconds } from '@faultline/sdk';
import { connectionLimits } from '../connection-limits.js';
import { FrontHandle } from './front-handle.js';
import { peerHeader, type FrontSettings, type Peer } from './front-messages.js';
import { noteHandedOn } from './handed-on.js';

const lookInterval: Milliseconds = 250;
/** Share of a thread's time from which it counts as busy, looks in a row, and requests in each. */
const busy = { share: 0.6, looks: 2, requests: 5 };
/** Fronts that come and go leave after so long with few requests. */
const quietLimit: Milliseconds = 15_000;
/** A front that ends at once is not started again at once. */
const restartDelay: Milliseconds = 1000;

export interface FrontPoolOptions {
  fronts: ContributionList<HttpFront>;
  logger: Logger;
  /** What fronts work by; the modules are added. */
  settings: Omit<FrontSettings, 'handOnTo' | 'modules'>;
}

export class FrontPool {
  readonly #running = new Set<FrontHandle>();
  #shared: Server | null = null;
  #listener: RequestListener = () => {};
  #back: { server: Server; folder: string; socket: string } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wanted = 0;
  #requests = 0;
  #busyLooks = 0;
  #lastLook = performance.eventLoopUtilization();
  #quietSince = performance.now();
  #restartAt = 0;
  #isStopped = false;

  constructor(private readonly options: FrontPoolOptions) {}

  /** For status and tests. */
  get count(): number {
    return this.#running.size;
  }

  /**
   * Counts a request that a front could have taken. True when its connection had better be closed: the client's next
   * one may come in by a front.
   */
  note(): boolean {
    this.#requests += 1;
    return this.#running.size > 0;
  }

  /** @param shared listens; its socket is shared with the fronts @param listener takes what they hand on */
  async start(shared: Server, listener: RequestListener): Promise<void> {
    if (this.#most() === 0) return;
    this.#shared = shared;
    this.#listener = listener;
    this.#wanted = this.#kept();
    if (this.#wanted > 0) await this.#openBack();
    this.#fill();
    this.#timer = setInterval(() => this.#look(), lookInterval).unref();
  }

  /** Fronts finish what they have in hand; call it when the server itself takes no more connections. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all([...this.#running].map((front) => front.stop()));
    if (this.#back === null) return;
    const { server, folder } = this.#back;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await rm(folder, { recursive: true, force: true });
  }

  /** The socket for what fronts hand on; made with the first of them. */
  async #openBack(): Promise<void> {
    const folder = await mkdtemp(path.join(tmpdir(), 'faultline-'));
    const socket = path.join(folder, 'server');
    const server = createServer(connectionLimits, (request, response) => {
      noteHandedOn(request, JSON.parse(String(request.headers[peerHeader])) as Peer);
      this.#listener(request, response);
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
    this.#back = { server, folder, socket };
  }

  #openForTheFirst(): void {
    this.#openBack().then(
      () => this.#fill(),
      (error: unknown) => {
        this.#wanted = 0;
        this.options.logger.error({ err: error }, 'no front process can be started');
      },
    );
  }

  #all(): HttpFront[] {
    return this.options.fronts.all().map(({ value }) => value);
  }

  #most(): number {
    return Math.max(0, ...this.#all().map(({ processes }) => processes.most));
  }

  #kept(): number {
    return Math.max(0, ...this.#all().map(({ processes }) => (processes.always ? processes.most : 0)));
  }

  #look(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#lastLook);
    this.#lastLook = now;
    const isAsked = this.#requests >= busy.requests;
    this.#requests = 0;
    this.#busyLooks = isAsked && utilization >= busy.share ? this.#busyLooks + 1 : 0;
    if (isAsked) this.#quietSince = performance.now();
    if (this.#busyLooks >= busy.looks && this.#wanted < this.#most()) {
      this.#busyLooks = 0;
      this.#wanted += 1;
      if (this.#back === null && this.#wanted === 1) this.#openForTheFirst();
    }
    if (this.#wanted > this.#kept() && performance.now() - this.#quietSince > quietLimit) {
      this.#wanted = this.#kept();
      for (const front of [...this.#running].slice(this.#wanted)) void front.stop();
    }
    this.#fill();
  }

  #fill(): void {
    if (this.#isStopped || this.#shared === null || this.#back === null || performance.now() < this.#restartAt) return;
    while (this.#running.size < this.#wanted) this.#startOne(this.#shared, this.#back.socket);
  }

  #startOne(shared: Server, handOnTo: string): void {
    const { logger } = this.options;
    const modules = this.#all().map(({ id, module, options }) => ({ id, module, options }));
    const front = new FrontHandle({
      settings: { ...this.options.settings, handOnTo, modules },
      shared,
      logger,
      answer: async (id, question) => {
        const asked = this.#all().find((one) => one.id === id);
        if (asked === undefined) throw new Error(`No front ${id}`);
        this.#requests += 1;
        return await asked.answer(question);
      },
    });
    this.#running.add(front);
    this.#tell();
    logger.info({ pid: front.pid, fronts: this.#running.size }, 'a front process takes connections too');
    void front.ended.then((code) => {
      this.#running.delete(front);
      this.#tell();
      if (front.isStopping || this.#isStopped) return;
      this.#restartAt = performance.now() + restartDelay;
      logger.warn({ pid: front.pid, code }, 'a front process ended; another takes its place');
    });
  }

  #tell(): void {
    for (const front of this.#all()) front.onCount?.(this.#running.size);
  }
}
