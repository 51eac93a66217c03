/**
 * Which processes have the folder open, and how far each has followed the changes of generations: one small file for
 * each, written over every two seconds. A process that has ended, or whose file has not been written for ten
 * seconds, is waited for no longer. One that was only stopped meanwhile finds its lease over before it touches a day
 * again (`isLapsed`, after half that time), and begins anew.
 *
 * The time in the files is the machine's monotonic one, which all its processes share.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Milliseconds } from '@faultline/sdk';
import { describeThisProcess, isRunning } from './holder.js';
import type { Holder } from './state-tables.js';

const beatInterval: Milliseconds = 2000;
const lease: Milliseconds = 10_000;
/** Files are written over in place: of one length, a shorter text never leaves an end of the longer one. */
const fileLength = 1024;

interface Beat {
  process: Holder;
  epoch: number;
  at: Milliseconds;
  /** It writes state.mdb anew. */
  closesState: boolean;
  /** The member for whose sake it has let go of state.mdb; "" while it has it open. */
  stateLeftTo: string;
}

export class Members {
  readonly name = `${process.pid}-${randomBytes(6).toString('hex')}`;
  private readonly me = describeThisProcess(new Date());
  private handle: number | null = null;
  private timer: NodeJS.Timeout | null = null;
  private epoch = 0;
  private lastBeat: Milliseconds = -Infinity;
  private hasLapsed = false;
  private closesState = false;
  private stateLeftTo = '';

  constructor(private readonly folder: string) {}

  /** From here on others wait for this process. */
  async join(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    this.lastBeat = now();
    this.follow(0);
    this.timer = setInterval(() => this.beat(), beatInterval).unref();
  }

  leave(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.closeFile();
    rmSync(path.join(this.folder, this.name), { force: true });
  }

  /** Tells the others that this process has followed the changes up to this one. */
  follow(epoch: number): void {
    this.epoch = epoch;
    this.beat();
    this.hasLapsed = false;
  }

  /** True when the others may have stopped waiting for this process; until it has followed them again. */
  isLapsed(): boolean {
    return this.hasLapsed || now() - this.lastBeat > lease / 2;
  }

  /** Others that live and have not followed up to `epoch`. What is left of dead ones is removed. */
  behind(epoch: number): string[] {
    return this.others().filter((name) => {
      const beat = this.read(name);
      if (beat === null) return false;
      if (this.isLiving(beat)) return beat.epoch < epoch;
      this.forget(name, beat);
      return false;
    });
  }

  /** Tells the others to let go of state.mdb, or that they may have it again. */
  closeState(closes: boolean): void {
    this.closesState = closes;
    this.beat();
  }

  /** The other member that has state.mdb to itself, or wants to; null for none. */
  stateCloser(): string | null {
    return this.others().find((name) => this.closes(name)) ?? null;
  }

  /** Whether that member still has state.mdb to itself: until it says so itself, or its process has ended. */
  closes(name: string): boolean {
    const beat = this.read(name);
    return beat?.closesState === true && this.mayRun(beat);
  }

  /** Tells that this process has let go of state.mdb for a member; "" that it has it open. */
  leaveStateTo(name: string): void {
    this.stateLeftTo = name;
    this.beat();
  }

  /** Pids of processes that may have state.mdb open, though this one closes it. A stopped one counts: it may go on. */
  withStateOpen(): number[] {
    const beats = this.others().map((name) => this.read(name));
    return beats
      .filter((beat) => beat !== null)
      .filter((beat) => beat.stateLeftTo !== this.name && this.mayRun(beat))
      .map((beat) => beat.process.pid);
  }

  /** True for this process too. */
  isMember(name: string): boolean {
    if (name === this.name) return this.handle !== null;
    const beat = this.read(name);
    return beat !== null && this.isLiving(beat);
  }

  /** What a stopped process wrote stays: it will look at state.mdb again when it goes on. */
  private forget(name: string, beat: Beat): void {
    if (isRunning(beat.process, this.me) !== true) rmSync(path.join(this.folder, name), { force: true });
  }

  /** Lapsed or not; one that can't be seen from here as long as it beats. */
  private mayRun(beat: Beat): boolean {
    return isRunning(beat.process, this.me) ?? now() - beat.at < lease;
  }

  private others(): string[] {
    return readdirSync(this.folder).filter((name) => name !== this.name);
  }

  private isLiving({ process, at }: Beat): boolean {
    return isRunning(process, this.me) !== false && now() - at < lease;
  }

  private beat(): void {
    this.hasLapsed = this.isLapsed();
    // Whoever found the lease over has removed the file: writing on would be to nobody.
    if (this.hasLapsed) this.closeFile();
    this.handle ??= openSync(path.join(this.folder, this.name), 'w');
    this.lastBeat = now();
    const { closesState, stateLeftTo } = this;
    const beat: Beat = { process: this.me, epoch: this.epoch, at: this.lastBeat, closesState, stateLeftTo };
    writeSync(this.handle, JSON.stringify(beat).padEnd(fileLength), 0);
  }

  /** Null when it has left. */
  private read(name: string): Beat | null {
    try {
      return JSON.parse(readFileSync(path.join(this.folder, name), 'utf8')) as Beat;
    } catch (error) {
      if (error instanceof SyntaxError) {
        // Made a moment ago and not written yet: it counts as living, and far behind.
        return { process: this.me, epoch: -1, at: now(), closesState: false, stateLeftTo: '' };
      }
      return null;
    }
  }

  private closeFile(): void {
    if (this.handle !== null) closeSync(this.handle);
    this.handle = null;
  }
}

function now(): Milliseconds {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
