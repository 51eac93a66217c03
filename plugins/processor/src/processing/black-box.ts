/**
 * Remembers, past the death of the process, which crashes were in hand. The file is written before work begins and
 * never synced: the kernel keeps it when the process is killed, and a crash of the machine blames nobody.
 *
 * A crash that was in hand at a death is a suspect. It is tried again alone; when the process dies with it again, it is
 * given up. One that gets through is cleared.
 *
 * Folklore: ext4 flushes a file that was truncated and written anew when it is closed, 5 ms a time; so the file stays
 * open and is overwritten in place, with blanks behind a shorter text (`test/bench/processor/crashes.js` shows it).
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { CrashId, Logger } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

interface Page {
  inHand: CrashId[];
  /** Deaths by crash. */
  suspects: Record<CrashId, number>;
}

const fileName = /^in-hand-(\d+)\.json$/;
/** More suspects than a process ever has in hand at once can't come from deaths. */
const suspectLimit = 1000;

export class BlackBox {
  private readonly file: string;
  private handle: number | null = null;
  /** Bytes of the longest text so far: shorter ones are filled up. */
  private length = 0;
  private readonly inHand = new Set<CrashId>();
  private readonly suspects: Map<CrashId, number>;

  /** Reads what dead processes left in the folder. */
  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
  ) {
    mkdirSync(folder, { recursive: true });
    this.file = path.join(folder, `in-hand-${process.pid}.json`);
    this.suspects = this.inherit();
    this.handle = openSync(this.file, 'w');
    this.write();
  }

  deaths(id: CrashId): number {
    return this.suspects.get(id) ?? 0;
  }

  /** Another process of the folder may have died meanwhile: what it had in hand is suspect here, too. */
  lookAround(): void {
    const found = this.inherit();
    if (found.size === 0) return;
    // Who finds a dead one's page takes it away: a death is counted by one process.
    for (const [id, deaths] of found) this.suspects.set(id, this.deaths(id) + deaths);
    this.write();
  }

  begin(id: CrashId): void {
    this.inHand.add(id);
    this.write();
  }

  /** The process lived through it, whatever came out. */
  end(id: CrashId): void {
    this.inHand.delete(id);
    this.suspects.delete(id);
    this.write();
  }

  close(): void {
    if (this.suspects.size > 0) this.write();
    if (this.handle !== null) closeSync(this.handle);
    if (this.suspects.size === 0) rmSync(this.file, { force: true });
  }

  private write(): void {
    const page: Page = { inHand: [...this.inHand], suspects: Object.fromEntries(this.suspects) };
    const text = JSON.stringify(page).padEnd(this.length);
    this.length = text.length;
    if (this.handle !== null) writeSync(this.handle, text, 0);
  }

  private inherit(): Map<CrashId, number> {
    const { folder } = this;
    const suspects = new Map<CrashId, number>();
    for (const name of readdirSync(folder)) {
      const pid = Number(fileName.exec(name)?.[1] ?? 0);
      if (pid === 0 || (pid !== process.pid && isAlive(pid))) continue;
      const file = path.join(folder, name);
      // Before it is opened, a file of this name is that of an earlier process with this pid.
      if (this.handle !== null && file === this.file) continue;
      const page = this.read(file);
      for (const [id, deaths] of Object.entries(page.suspects))
        suspects.set(id, Math.max(deaths, suspects.get(id) ?? 0));
      for (const id of page.inHand) suspects.set(id, (suspects.get(id) ?? 0) + 1);
      if (page.inHand.length > 0) this.logger.warn({ crashes: page.inHand }, 'The process died with crashes in hand');
      rmSync(file, { force: true });
    }
    return new Map([...suspects].slice(0, suspectLimit));
  }

  private read(file: string): Page {
    try {
      // Written by this class; a torn one is no evidence against anybody.
      const page = JSON.parse(readFileSync(file, 'utf8')) as Partial<Page>;
      return { inHand: page.inHand ?? [], suspects: page.suspects ?? {} };
    } catch (error) {
      this.logger.warn({ file, error: String(error) }, 'What was in hand at the last end can’t be read');
      return { inHand: [], suspects: {} };
    }
  }
}

function isAlive(pid: number): boolean {
  if (process.platform === 'linux') return existsSync(`/proc/${pid}`);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process (EPERM) is alive.
    return systemErrorCode(error) !== 'ESRCH';
  }
}
