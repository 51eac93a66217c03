/**
 * One LMDB environment. A plain awaited write means that its fdatasync is done (`overlappingSync: false`).
 *
 * After a failed write nobody knows what the disk holds: the environment is closed and opened anew at once, so that
 * readers go on, but it takes no write before a probe was written and synced. Until then writes are refused with the
 * failure's error; a probe is tried at most once a second.
 *
 * Folklore: a put on a named database of a closed environment ends the process in a later turn (lmdb-js 3.5.6), so
 * writes are issued in the same turn as the check that it is open, and closing waits for all of them.
 */
import path from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import type { Clock, Logger, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { storageFailure } from './storage-failure.js';

const probeInterval: Milliseconds = 1000;

interface Handle<Tables> {
  root: RootDatabase;
  meta: Database<number, string>;
  tables: Tables;
}

export interface EnvironmentOptions<Tables> {
  file: string;
  clock: Clock;
  logger: Logger;
  /** Tables beside `meta`; a name must keep its options for ever. */
  openTables(root: RootDatabase): Tables;
}

export class Environment<Tables> {
  private handle: Handle<Tables> | null;
  private readonly writes = new Set<Promise<unknown>>();
  /** Set while writes are refused. */
  private failure: { error: FaultlineError; probeAt: Milliseconds } | null = null;
  private probing: Promise<void> | null = null;
  private reopening: Promise<void> | null = null;
  private isClosed = false;

  constructor(private readonly options: EnvironmentOptions<Tables>) {
    this.handle = openHandle(options);
  }

  get file(): string {
    return this.options.file;
  }

  /** Runs in one turn; `read` must not keep tables or iterators. */
  async read<T>(read: (tables: Tables) => T): Promise<T> {
    while (this.reopening !== null) await this.reopening;
    return read(this.current().tables);
  }

  /**
   * Issues writes in one turn and resolves when they are synced. Throws `Unavailable STORAGE_FULL` or
   * `STORAGE_FAILED`.
   */
  write<T>(write: (tables: Tables) => Promise<T>): Promise<T> {
    return this.guarded((handle) => write(handle.tables));
  }

  /** Reads and writes in one transaction: all of it or, when `action` throws, nothing. */
  transaction<T>(action: (tables: Tables) => T): Promise<T> {
    return this.guarded((handle) => handle.root.childTransaction(() => action(handle.tables)));
  }

  /** Writes something and syncs it. */
  async probe(): Promise<void> {
    await this.guarded((handle) => handle.meta.put('probe', Date.now()));
  }

  /** Copies what is committed now, without its free pages, into a new file. Writes go on meanwhile. */
  async copyTo(file: string): Promise<void> {
    if (this.reopening !== null) await this.reopening;
    const copied = this.current().root.backup(file, true);
    this.writes.add(copied);
    try {
      await copied;
    } finally {
      this.writes.delete(copied);
    }
  }

  /** Lets go of the file until `back` resolves; who reads or writes meanwhile waits. Resolves once it is let go. */
  async vacate(back: Promise<void>): Promise<void> {
    while (this.reopening !== null) await this.reopening;
    const shut = this.shut();
    const reopening = this.reopenAfter(shut.then(() => back)).finally(() => (this.reopening = null));
    this.reopening = reopening;
    // Who waits for it is told; when nobody does, what it throws would end the process.
    reopening.catch((error: unknown) =>
      this.options.logger.error({ file: this.file, error: String(error) }, 'A file could not be opened again'),
    );
    await shut;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.reopening !== null) await this.reopening;
    await this.shut();
  }

  private async guarded<T>(write: (handle: Handle<Tables>) => Promise<T>): Promise<T> {
    if (this.failure !== null) await this.prove();
    while (this.reopening !== null) await this.reopening;
    return await this.issue(write);
  }

  private current(): Handle<Tables> {
    if (this.handle !== null) return this.handle;
    throw new FaultlineError('Unavailable', 'STORAGE_CLOSED', `${path.basename(this.file)} is closed.`);
  }

  private async issue<T>(write: (handle: Handle<Tables>) => Promise<T>): Promise<T> {
    const handle = this.current();
    const written = Promise.resolve(write(handle));
    this.writes.add(written);
    try {
      return await written;
    } catch (error) {
      // What a transaction's own code threw is its caller's business, and the environment is as good as before.
      if (!isCommitFailure(error)) throw error;
      const failure = await storageFailure(error, path.dirname(this.file));
      this.fail(handle, failure);
      throw failure;
    } finally {
      this.writes.delete(written);
    }
  }

  private fail(handle: Handle<Tables>, error: FaultlineError): void {
    this.failure = { error, probeAt: this.options.clock.monotonic() + probeInterval };
    if (this.handle !== handle || this.isClosed) return;
    this.options.logger.error(
      { file: this.file, code: error.code },
      'A write failed; writing stops until a probe succeeds',
    );
    this.reopening ??= this.reopenAfter(this.shut()).finally(() => (this.reopening = null));
  }

  private async reopenAfter(done: Promise<void>): Promise<void> {
    await done;
    if (!this.isClosed) this.handle = openHandle(this.options);
  }

  private async shut(): Promise<void> {
    const handle = this.handle;
    if (handle === null) return;
    this.handle = null;
    await Promise.allSettled(this.writes);
    await handle.root.close();
  }

  /** One probe for all who wait; throws the failure while the disk still refuses. */
  private async prove(): Promise<void> {
    this.probing ??= this.tryProbe().finally(() => (this.probing = null));
    await this.probing;
  }

  private async tryProbe(): Promise<void> {
    const { failure } = this;
    if (failure === null) return;
    if (this.reopening !== null) await this.reopening;
    if (this.options.clock.monotonic() < failure.probeAt) throw failure.error;
    await this.issue((handle) => handle.meta.put('probe', Date.now()));
    this.failure = null;
    this.options.logger.info({ file: this.file }, 'Writing works again');
  }
}

function openHandle<Tables>({ file, openTables }: EnvironmentOptions<Tables>): Handle<Tables> {
  const root = open({ path: file, overlappingSync: false, maxDbs: 16, noSubdir: true });
  // In one transaction: each new table would be synced by itself, 30 ms in all for the first report of a day.
  return root.transactionSync(() => {
    const meta = root.openDB<number, string>('meta', { encoding: 'json' });
    return { root, meta, tables: openTables(root) };
  });
}

function isCommitFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return 'commitError' in error || /^MDB_/.test(error.message) || typeof Reflect.get(error, 'code') === 'number';
}
