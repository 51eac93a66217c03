/** Opens a data folder and puts the three services together; closes them in order. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Clock, CrashId, Logger } from '@faultline/sdk';
import type { StorageConfig } from './config.js';
import { prepareDataFolder } from './data-folder.js';
import { DataLayout } from './data-layout.js';
import { DayEnvironments } from './day-environments.js';
import { Environment } from './environment.js';
import { FolderSync } from './folder-sync.js';
import { upgradeFolder } from './folder-upgrade.js';
import { dataFormat } from './format-upgrades.js';
import { GatheringBuffers } from './gathering-buffers.js';
import { Generations } from './generations.js';
import { bootId, describeThisProcess, heartbeatInterval, releaseFolder, takeFolder, touchHeartbeat } from './holder.js';
import { LmdbCrashStorage } from './lmdb-crash-storage.js';
import { LmdbOutbox } from './lmdb-outbox.js';
import { LmdbStateStore } from './lmdb-state-store.js';
import { LmdbStorageUpkeep } from './lmdb-storage-upkeep.js';
import { Members } from './members.js';
import { OpenDays } from './open-days.js';
import { sweepOrphans } from './orphan-sweep.js';
import { StateGate } from './state-gate.js';
import { openStateTables } from './state-tables.js';
import type { StateTables } from './state-tables.js';
import { storageFailure } from './storage-failure.js';

export interface EmbeddedStore {
  crashes: LmdbCrashStorage;
  outbox: LmdbOutbox;
  upkeep: LmdbStorageUpkeep;
  state: LmdbStateStore;
  /** For status and tests. */
  environments: DayEnvironments;
  /** Removes what belongs to no report; takes an hour of the clock when there is something. */
  sweep(signal: AbortSignal): Promise<{ parts: number; files: number }>;
  close(): Promise<void>;
}

export interface StoreOptions {
  folder: string;
  config: StorageConfig;
  clock: Clock;
  logger: Logger;
  version: string;
  /** False for a short-lived command, which may open the folder while a server holds it. */
  holds: boolean;
  /** Other server processes may hold the folder beside this one; they agree over a bus. */
  shares?: boolean;
}

/** Throws what `prepareDataFolder` throws, and `Conflict STORAGE_HELD`. */
export async function openEmbeddedStore(options: StoreOptions): Promise<EmbeddedStore> {
  const { config, clock, logger } = options;
  const layout = new DataLayout(path.resolve(options.folder));
  const folders = new FolderSync();
  const format = await prepareDataFolder(layout, folders, options.version);
  const undo: (() => unknown)[] = [];
  try {
    const members = new Members(layout.members);
    const stateGate = new StateGate({ members, logger });
    await members.join();
    undo.push(() => members.leave());
    await stateGate.pass();
    const stateEnvironment = await openState(layout, folders, clock, logger);
    undo.push(() => stateEnvironment.close());
    stateGate.start(stateEnvironment);
    undo.push(() => stateGate.stop());
    if (options.holds) undo.push(await hold(stateEnvironment, clock, options.shares ?? false));
    // A command leaves an older folder as it is: an older server may be at work on it.
    if (options.holds && format < dataFormat) {
      await upgradeFolder({ layout, folders, state: stateEnvironment, logger, format, version: options.version });
    }
    const generations = new Generations({
      state: stateEnvironment,
      members,
      clock,
      logger,
      vacate: (day, kind) => environments.vacate(day, kind),
    });
    const environments: DayEnvironments = new DayEnvironments({
      layout,
      folders,
      clock,
      logger,
      limit: config.openEnvironments,
      generation: (day, kind) => generations.current(day, kind),
      wait: (day, kind) => generations.wait(day, kind),
    });
    await generations.start();
    undo.push(() => generations.stop());
    undo.push(() => environments.close());
    const openDays = new OpenDays(stateEnvironment, clock);
    const incoming = incomingNames(layout);
    const around = {
      layout,
      folders,
      environments,
      openDays,
      stateGate,
      logger,
      clock,
      state: stateEnvironment,
      largePart: config.largePart,
      buffers: new GatheringBuffers(),
      committing: new Set<CrashId>(),
      nextIncoming: incoming.next,
      isErased: (id: CrashId) => stateEnvironment.read(({ tombstones }) => tombstones.doesExist(id)),
      incomingPrefix: incoming.prefix,
    };
    const state = new LmdbStateStore({ state: stateEnvironment, clock, logger, bootId: bootId() });
    undo.push(() => state.close());
    const crashes = new LmdbCrashStorage(around);
    return {
      crashes,
      outbox: new LmdbOutbox(environments, openDays, clock),
      upkeep: new LmdbStorageUpkeep({ ...around, generations, crashes }),
      state,
      environments,
      sweep: async (signal) => {
        const days = (await crashes.days()).slice(-2);
        return await sweepOrphans({ ...around, isIncomingOpen: incoming.isOurs }, days, signal);
      },
      close: () => runAll(undo),
    };
  } catch (error) {
    await runAll(undo);
    throw error;
  }
}

async function openState(
  layout: DataLayout,
  folders: FolderSync,
  clock: Clock,
  logger: Logger,
): Promise<Environment<StateTables>> {
  try {
    const state = new Environment({ file: layout.state, clock, logger, openTables: openStateTables });
    await folders.sync(layout.root);
    return state;
  } catch (error) {
    throw await storageFailure(error, layout.root);
  }
}

async function hold(state: Environment<StateTables>, clock: Clock, shares: boolean): Promise<() => Promise<void>> {
  const me = describeThisProcess(new Date(clock.now()));
  await takeFolder(state, me, shares);
  const beat = setInterval(() => touchHeartbeat(state.file, new Date()), heartbeatInterval).unref();
  return async () => {
    clearInterval(beat);
    await releaseFolder(state, me);
  };
}

/** Names no other process and no earlier start has used. */
function incomingNames(layout: DataLayout): { prefix: string; next(): string; isOurs(file: string): boolean } {
  const prefix = `${process.pid}-${randomBytes(6).toString('hex')}-`;
  let count = 0;
  return {
    prefix,
    next: () => `${layout.incoming}${path.sep}${prefix}${count++}`,
    isOurs: (file) => path.basename(file).startsWith(prefix),
  };
}

async function runAll(undo: (() => unknown)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}
