/**
 * Replaces or removes a day's file while other processes have it open, and loses no write.
 *
 * 1. The day and kind is closed: a row in state.mdb, and a higher epoch.
 * 2. Every process sees the epoch (it looks four times a second), lets those who use the file finish, closes it, makes
 *    later ones wait, and says so in its member file. Who has ended or lapsed is not waited for.
 * 3. The one that closed it has the file to itself, and writes the next generation.
 * 4. One transaction points at that generation and opens the day again; only then is the old file unlinked.
 *
 * A process killed in between leaves a closed day: others open it when they find its member gone. The half-written
 * next generation is nobody's, and is removed before the next try.
 */
import type { Clock, Logger, Milliseconds, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { DayKind } from './data-layout.js';
import type { Environment } from './environment.js';
import type { Members } from './members.js';
import type { ClosedDay, StateTables } from './state-tables.js';

const lookInterval: Milliseconds = 250;
const answerInterval: Milliseconds = 20;
const epochKey = 'generations';

/** What became of a file that one process had to itself. */
export type NextFile =
  | { outcome: 'unchanged' }
  /** The next generation has been written and synced; or, purged, there is none. */
  | { outcome: 'replaced'; purged?: { at: UnixMillis; isWhole: boolean } };

interface Gate {
  opened: Promise<void>;
  open(): void;
}

interface Row {
  day: string;
  kind: DayKind;
}

export interface GenerationsOptions {
  state: Environment<StateTables>;
  members: Members;
  clock: Clock;
  logger: Logger;
  /** Waits for those who use any generation of it, then closes it. Called while nobody new is let in. */
  vacate(day: string, kind: DayKind): Promise<void>;
}

export class Generations {
  private generations = new Map<string, number>();
  private readonly gates = new Map<string, Gate>();
  private epoch = -1;
  private following: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: GenerationsOptions) {}

  /** Reads what counts; the process is a member already. */
  async start(): Promise<void> {
    this.timer = setInterval(() => this.look(), lookInterval).unref();
    await this.follow();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    for (const gate of this.gates.values()) gate.open();
  }

  /** Name of this process among the members. */
  get member(): string {
    return this.options.members.name;
  }

  isMember(name: string): boolean {
    return this.options.members.isMember(name);
  }

  /** Generation that counts now; 1 until a rewrite. */
  current(day: string, kind: DayKind): number {
    return this.generations.get(nameOf(day, kind)) ?? 1;
  }

  /** Null when the file may be used in this turn; else ask again afterwards. */
  wait(day: string, kind: DayKind): Promise<void> | null {
    if (this.options.members.isLapsed()) return this.follow();
    return this.gates.get(nameOf(day, kind))?.opened ?? null;
  }

  /**
   * Runs `work` while no process has the file open. Throws `Conflict STORAGE_DAY_BUSY` when another process has
   * closed it.
   */
  async alone(row: Row, work: () => Promise<NextFile>, signal: AbortSignal): Promise<NextFile> {
    const epoch = await this.close(row);
    let next: NextFile = { outcome: 'unchanged' };
    try {
      await this.follow();
      while (this.options.members.behind(epoch).length > 0) {
        await new Promise((resolve) => setTimeout(resolve, answerInterval));
        signal.throwIfAborted();
      }
      next = await work();
      return next;
    } finally {
      await this.reopen(row, next);
      await this.follow();
    }
  }

  private look(): void {
    this.follow().catch((error: unknown) =>
      this.options.logger.warn({ error: String(error) }, 'Changes of the generations could not be followed'),
    );
  }

  /** One at a time; who asks meanwhile gets a look that began after the question. */
  private async follow(): Promise<void> {
    while (this.following !== null) await this.following;
    this.following = this.followNow().finally(() => (this.following = null));
    await this.following;
  }

  private async followNow(): Promise<void> {
    const { state, members } = this.options;
    const epoch = await state.read(({ epochs }) => {
      epochs.resetReadTxn();
      return epochs.get(epochKey) ?? 0;
    });
    if (epoch !== this.epoch || members.isLapsed()) await this.apply(epoch);
    if (this.gates.size > 0) await this.openAbandoned();
  }

  private async apply(epoch: number): Promise<void> {
    const { state, members, vacate } = this.options;
    const { closed, generations } = await state.read((tables) => ({
      closed: [...tables.closedDays.getRange({})].map(({ key: [day, kind] }) => ({ day, kind: kind as DayKind })),
      generations: new Map([...tables.generations.getRange({})].map(({ key, value }) => [key.join('/'), value])),
    }));
    const names = new Set(closed.map(({ day, kind }) => nameOf(day, kind)));
    for (const name of names) if (!this.gates.has(name)) this.gates.set(name, makeGate());
    // A command that has nothing else to do must live until its day opens.
    if (this.gates.size > 0) this.timer?.ref();
    const moved = [...generations].filter(([name, value]) => (this.generations.get(name) ?? 1) !== value);
    this.generations = generations;
    // Moved without having been closed here: this process had lapsed.
    const leave = new Set([...names, ...moved.map(([name]) => name)]);
    // First: who uses one kind of a day may wait for the other.
    for (const [name, gate] of this.gates) if (!names.has(name)) this.openGate(name, gate);
    await Promise.all([...leave].map((name) => vacate(...rowOf(name))));
    if (this.gates.size === 0) this.timer?.unref();
    this.epoch = epoch;
    members.follow(epoch);
  }

  private openGate(name: string, gate: Gate): void {
    this.gates.delete(name);
    gate.open();
  }

  private close({ day, kind }: Row): Promise<number> {
    const { state, members } = this.options;
    return state.transaction(({ closedDays, epochs }) => {
      const closed = closedDays.get([day, kind]);
      if (closed !== undefined && members.isMember(closed.member)) throw busy(day, kind);
      void closedDays.put([day, kind], { member: members.name });
      return raise(epochs);
    });
  }

  private async reopen({ day, kind }: Row, next: NextFile): Promise<void> {
    const { state, members } = this.options;
    await state.transaction((tables) => {
      // Lapsed in the middle: another process has taken over, and what was written here is nobody's.
      if (tables.closedDays.get([day, kind])?.member !== members.name) {
        if (next.outcome === 'replaced') throw lapsed(day, kind);
        return;
      }
      void tables.closedDays.remove([day, kind]);
      if (next.outcome === 'replaced') {
        void tables.generations.put([day, kind], this.current(day, kind) + 1);
        if (next.purged !== undefined) {
          const earlier = tables.purgedDays.get([day, kind]);
          const isWhole = next.purged.isWhole || earlier?.isWhole === true;
          void tables.purgedDays.put([day, kind], { at: next.purged.at, isWhole });
        }
      }
      raise(tables.epochs);
    });
  }

  /** Days closed by a process that is no more. */
  private async openAbandoned(): Promise<void> {
    const { state, members, logger } = this.options;
    const isAbandoned = ({ member }: ClosedDay) => !members.isMember(member);
    const rows = await state.read(({ closedDays }) =>
      [...closedDays.getRange({})].filter(({ value }) => isAbandoned(value)).map(({ key }) => key),
    );
    if (rows.length === 0) return;
    await state.transaction(({ closedDays, epochs }) => {
      for (const key of rows) {
        const closed = closedDays.get(key);
        if (closed !== undefined && isAbandoned(closed)) void closedDays.remove(key);
      }
      raise(epochs);
    });
    logger.warn({ days: rows.map((row) => row.join('/')) }, 'Opened days that an ended process had closed');
  }
}

/** Inside a transaction. */
function raise(epochs: StateTables['epochs']): number {
  const next = (epochs.get(epochKey) ?? 0) + 1;
  void epochs.put(epochKey, next);
  return next;
}

function makeGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

function nameOf(day: string, kind: DayKind): string {
  return `${day}/${kind}`;
}

function rowOf(name: string): [day: string, kind: DayKind] {
  const [day = '', kind] = name.split('/');
  return [day, kind === 'dumps' ? 'dumps' : 'reports'];
}

function busy(day: string, kind: DayKind): FaultlineError {
  return new FaultlineError('Conflict', 'STORAGE_DAY_BUSY', `The ${kind} of ${day} are being rewritten already.`, {
    hint: 'Try again when that has ended.',
    details: { day, kind },
  });
}

function lapsed(day: string, kind: DayKind): FaultlineError {
  return new FaultlineError('Conflict', 'STORAGE_LAPSED', `Rewriting the ${kind} of ${day} took over by another.`, {
    hint: 'Nothing is lost: start it again.',
    details: { day, kind },
  });
}
