import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { FaultlineError } from '@faultline/sdk/errors';
import type { WalkRequest } from '../walk-protocol.js';
import { WalkerProcess, type WalkLimits, type WalkOutcome } from './walker-process.js';

export interface PoolOptions extends WalkLimits {
  processes: number;
  idleAfter: number;
  jobsPerProcess: number;
  /** Path of the program that runs in each process. */
  module: string;
}

/** So many processes in a row that die are no longer the fault of their dumps. */
const tooManyDeaths = 5;

/** Walking processes, started on first use, reused while warm, stopped when idle. */
export class WalkerPool {
  readonly #idle: { walker: WalkerProcess; timer: NodeJS.Timeout }[] = [];
  readonly #all = new Set<WalkerProcess>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #nextJob = 1;
  #deathsInRow = 0;
  #isClosed = false;

  constructor(private readonly options: PoolOptions) {}

  /** Processes that are alive now. */
  get size(): number {
    return [...this.#all].filter((walker) => walker.isAlive).length;
  }

  async walk(request: Omit<WalkRequest, 'job'>, signal: AbortSignal): Promise<WalkOutcome> {
    await this.#turn();
    if (this.#isClosed || signal.aborted) {
      this.#next();
      return { kind: 'aborted' };
    }
    const walker = this.#take();
    try {
      const outcome = await walker.walk({ ...request, job: this.#nextJob++ }, this.options, signal);
      this.#deathsInRow = outcome.kind === 'died' ? this.#deathsInRow + 1 : 0;
      return outcome;
    } finally {
      this.#giveBack(walker);
      this.#next();
    }
  }

  /** Throws when walking can't work: the program is not there, or processes keep dying without an answer. */
  async checkHealth(): Promise<void> {
    await access(this.options.module, constants.R_OK);
    if (this.#deathsInRow < tooManyDeaths) return;
    throw new FaultlineError(
      'Unavailable',
      'WALKER_DYING',
      `The last ${this.#deathsInRow} walking processes died without an answer.`,
      { hint: 'The crashes say how (signal or exit code). `faultline stackwalk DUMP` shows it in the open.' },
    );
  }

  /** Kills every process; what is in hand resolves as died or aborted. */
  close(): void {
    this.#isClosed = true;
    for (const { timer } of this.#idle) clearTimeout(timer);
    for (const walker of this.#all) walker.kill();
    this.#all.clear();
    for (const go of this.#waiting.splice(0)) go();
  }

  async #turn(): Promise<void> {
    if (this.#busy < this.options.processes) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands this turn to the next in line. */
  #next(): void {
    const go = this.#waiting.shift();
    if (go === undefined) this.#busy -= 1;
    else go();
  }

  #take(): WalkerProcess {
    for (let entry = this.#idle.pop(); entry !== undefined; entry = this.#idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.walker.isAlive) return entry.walker;
      this.#all.delete(entry.walker);
    }
    const walker = new WalkerProcess(this.options.module, this.options);
    this.#all.add(walker);
    return walker;
  }

  #giveBack(walker: WalkerProcess): void {
    if (!walker.isAlive || this.#isClosed || walker.jobs >= this.options.jobsPerProcess) {
      walker.kill();
      this.#all.delete(walker);
      return;
    }
    const retire = () => {
      walker.kill();
      this.#all.delete(walker);
      const at = this.#idle.findIndex((entry) => entry.walker === walker);
      if (at >= 0) this.#idle.splice(at, 1);
    };
    this.#idle.push({ walker, timer: setTimeout(retire, this.options.idleAfter).unref() });
  }
}
