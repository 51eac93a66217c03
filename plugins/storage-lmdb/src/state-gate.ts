/**
 * Lets one process have state.mdb to itself. It says so in its member file; the others see it within a quarter of a
 * second, let go of the file, say so in theirs, and wait until it is done or has ended.
 *
 * Unlike a day's file this one is never taken from a process that does not answer: what that one would write after all
 * would be lost, and here stands who is who. The one that wants it gives up instead.
 */
import type { Logger, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Environment } from './environment.js';
import type { Members } from './members.js';
import type { StateTables } from './state-tables.js';

const lookInterval: Milliseconds = 250;
const answerInterval: Milliseconds = 10;
const patience: Milliseconds = 10_000;

export interface StateGateOptions {
  members: Members;
  logger: Logger;
}

export class StateGate {
  private state: Environment<StateTables> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private isClosing = false;
  private leftTo: string | null = null;
  private isStopped = false;

  constructor(private readonly options: StateGateOptions) {}

  /** Before state.mdb is opened: resolves when nobody has it to himself. This process is a member already. */
  async pass(): Promise<void> {
    const { members } = this.options;
    for (let closer = members.stateCloser(); closer !== null; closer = members.stateCloser()) {
      members.leaveStateTo(closer);
      await this.untilDone(closer);
    }
    members.leaveStateTo('');
  }

  /** From here on it lets go of this when another process wants it. */
  start(state: Environment<StateTables>): void {
    this.state = state;
    this.timer = setInterval(() => this.look(), lookInterval).unref();
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  /**
   * Runs `work` while no process has state.mdb open.
   * @throws Conflict STORAGE_STATE_BUSY when another is at it, or one does not let go within ten seconds
   */
  async alone(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { members } = this.options;
    const { state } = this;
    if (this.isClosing || this.leftTo !== null || state === null) throw busy('is being written anew already');
    this.isClosing = true;
    members.closeState(true);
    try {
      // Two that begin at once see each other, and both give up.
      if (members.stateCloser() !== null) throw busy('is being written anew by another process');
      await this.untilOthersLeft(signal);
      let back = (): void => {};
      await state.vacate(new Promise<void>((resolve) => (back = resolve)));
      try {
        await work();
      } finally {
        back();
      }
    } finally {
      members.closeState(false);
      this.isClosing = false;
    }
  }

  private async untilOthersLeft(signal: AbortSignal): Promise<void> {
    const until = performance.now() + patience;
    for (;;) {
      signal.throwIfAborted();
      const pids = this.options.members.withStateOpen();
      if (pids.length === 0) return;
      if (performance.now() > until) throw busy(`is held open by process ${pids.join(', ')}, which does not answer`);
      await pause();
    }
  }

  private look(): void {
    if (this.isClosing || this.leftTo !== null) return;
    const closer = this.options.members.stateCloser();
    if (closer === null) return;
    this.leftTo = closer;
    this.leave(closer).catch((error: unknown) =>
      this.options.logger.error({ error: String(error) }, 'state.mdb could not be opened again'),
    );
  }

  private async leave(closer: string): Promise<void> {
    const { members } = this.options;
    // A command that has nothing else to do must live until it may go on.
    this.timer?.ref();
    const back = this.untilDone(closer);
    await this.state?.vacate(back);
    members.leaveStateTo(closer);
    await back;
    members.leaveStateTo('');
    this.timer?.unref();
    this.leftTo = null;
  }

  private async untilDone(closer: string): Promise<void> {
    while (!this.isStopped && this.options.members.closes(closer)) await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, answerInterval));
}

function busy(why: string): FaultlineError {
  return new FaultlineError('Conflict', 'STORAGE_STATE_BUSY', `state.mdb ${why}.`, {
    hint: 'Nothing is lost: try again in a moment; end a process that has stopped.',
  });
}
