/** One life of the rules' thread, seen from outside: it is watched by its cell and ended when a budget is over. */
import { Worker } from 'node:worker_threads';
import type { Milliseconds, RuleModuleReference } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { RulesResult } from '../rules/run-rules.js';
import { HandCell, handCellSize } from './hand-cell.js';
import type { InHand } from './hand-cell.js';
import type { ModuleProblem, RunRequest, WorkerReply, WorkerStart } from './worker-protocol.js';
import type { RuleFacts } from '../rules/rule-facts.js';

/** How often the cell is looked at while a job runs. */
const watchInterval: Milliseconds = 20;

/** Why a job was not done; `index` of the rule in its list, null when none was in hand. */
export interface Stopped {
  stopped: 'budget' | 'exit' | 'quiet';
  index: number | null;
}

export class RulesThread {
  private readonly worker: Worker;
  private readonly hand: HandCell;
  private readonly cell = new SharedArrayBuffer(handCellSize);
  private onReply: (reply: WorkerReply) => void = () => {};
  private onExit: () => void = () => {};
  private hasExited = false;
  /** As the thread has them. */
  private fields: RunRequest['fields'];
  private readonly quietLimit: Milliseconds;

  constructor(options: {
    program: URL;
    execArgv: readonly string[];
    modules: readonly RuleModuleReference[];
    preloads: readonly string[];
    /** A module may take so long to load, with what it imports; a job may be so long between two rules. */
    quietLimit: Milliseconds;
  }) {
    this.quietLimit = options.quietLimit;
    this.hand = new HandCell(this.cell);
    const { modules, preloads } = options;
    this.worker = new Worker(options.program, {
      workerData: { modules, preloads, cell: this.cell } satisfies WorkerStart,
      execArgv: [...options.execArgv],
      stdout: false,
      stderr: false,
    });
    this.worker.unref();
    this.worker.on('message', (reply: WorkerReply) => this.onReply(reply));
    // An error that nobody caught ends the thread; what it was is a plugin's private matter.
    this.worker.on('error', () => {});
    this.worker.on('exit', () => {
      this.hasExited = true;
      this.onExit();
    });
  }

  get isAlive(): boolean {
    return !this.hasExited;
  }

  /** Resolves with what was loaded, or with the number of the module that hangs or ended the thread. */
  async load(): Promise<{ rules: RuleFacts[]; problems: ModuleProblem[] } | { hanging: number | null }> {
    const outcome = await this.watch<{ rules: RuleFacts[]; problems: ModuleProblem[] }>(
      (reply) => (reply.kind === 'loaded' ? reply : null),
      () => this.quietLimit,
    );
    return 'stopped' in outcome ? { hanging: outcome.index } : outcome;
  }

  /** @param budgets of the rules, in the order of the request */
  async run(
    { fields, ...request }: Required<RunRequest>,
    budgets: readonly Milliseconds[],
  ): Promise<RulesResult | Stopped> {
    const done = this.watch<RulesResult>(
      (reply) => {
        if (reply.kind === 'loaded' || reply.job !== request.job) return null;
        if (reply.kind === 'done') return reply.result;
        throw new FaultlineError('Internal', 'RULES_ENGINE_FAILED', reply.message);
      },
      (inHand) => (inHand.kind === 'rule' ? (budgets[inHand.index] ?? this.quietLimit) : this.quietLimit),
    );
    const message: RunRequest = fields === this.fields ? request : { ...request, fields };
    this.fields = fields;
    this.worker.postMessage(message);
    return await done;
  }

  /** Takes the thread away, whatever it does. */
  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private watch<T extends object>(
    pick: (reply: WorkerReply) => T | null,
    limit: (inHand: InHand) => Milliseconds,
  ): Promise<T | Stopped> {
    return new Promise<T | Stopped>((resolve, reject) => {
      let quietSince = process.hrtime.bigint();
      const finish = (outcome: T | Stopped) => {
        clearInterval(timer);
        this.onReply = () => {};
        this.onExit = () => {};
        resolve(outcome);
      };
      const timer = setInterval(() => {
        const inHand = this.hand.read();
        if (inHand !== null) quietSince = process.hrtime.bigint();
        const isOver = inHand !== null && inHand.elapsed > limit(inHand);
        const isQuiet = Number(process.hrtime.bigint() - quietSince) / 1e6 > this.quietLimit;
        if (isOver) finish({ stopped: 'budget', index: inHand.index });
        else if (isQuiet) finish({ stopped: 'quiet', index: null });
      }, watchInterval);
      this.onReply = (reply) => {
        try {
          const picked = pick(reply);
          if (picked !== null) finish(picked);
        } catch (error) {
          clearInterval(timer);
          reject(error as Error);
        }
      };
      this.onExit = () => finish({ stopped: 'exit', index: this.hand.read()?.index ?? null });
      if (this.hasExited) this.onExit();
    });
  }
}
