/**
 * One look at what nobody tells by events: queues, outbox, dead letters, the disk, the index, and whether store and
 * search can work at all. What does not answer is left out, with its code.
 */
import { statfs } from 'node:fs/promises';
import { lanes, subjects } from '@faultline/sdk';
import type { Bus, CrashStorage, Milliseconds, Outbox, QueueStatus, SearchEngine, StateStore } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';

export interface LookSources {
  bus: Bus;
  outbox: Outbox;
  storage: CrashStorage;
  state: StateStore;
  dataFolder: string;
  /** Null where this process has none. */
  engine(): SearchEngine | null;
}

export interface Look {
  queues: ({ lane: string } & Pick<QueueStatus, 'depth' | 'inHand' | 'oldest'>)[];
  outbox: Record<string, { rows: number; oldest: number | null }>;
  dead: { count: number; code: string };
  disk: { free: number; total: number } | null;
  index: { crashes: number; size: number; done: number | null; total: number | null } | null;
  /** What can't work: `store`, `state` or `search`, with the reason. */
  unwell: { part: string; code: string }[];
}

export const nothingSeen: Look = {
  queues: [],
  outbox: {},
  dead: { count: 0, code: '' },
  disk: null,
  index: null,
  unwell: [],
};

/** More dead letters than this are counted as this many. */
const mostDead = 10_000;
const checkLimit: Milliseconds = 5_000;

/** @param before what does not answer stays as it was seen last; store, state and search are asked when `isThorough` */
export async function look(sources: LookSources, before: Look, isThorough: boolean): Promise<Look> {
  const { bus, outbox } = sources;
  const [queues, backlog, dead, disk, index, unwell] = await Promise.allSettled([
    Promise.all(lanes.map(async (lane) => ({ lane, ...(await bus.queueStatus(subjects.process(lane))) }))),
    outbox.backlog(),
    deadLetters(sources.storage),
    diskOf(sources.dataFolder),
    indexOf(sources.engine()),
    isThorough ? unwellParts(sources) : before.unwell,
  ]);
  return {
    queues: valueOf(queues, before.queues),
    outbox: valueOf(backlog, before.outbox),
    dead: valueOf(dead, before.dead),
    disk: valueOf(disk, null),
    index: valueOf(index, before.index),
    unwell: valueOf(unwell, before.unwell),
  };
}

function valueOf<T>(outcome: PromiseSettledResult<T>, otherwise: T): T {
  return outcome.status === 'fulfilled' ? outcome.value : otherwise;
}

async function deadLetters(storage: CrashStorage): Promise<Look['dead']> {
  let count = 0;
  let newest = -Infinity;
  let code = '';
  for await (const { since, error } of storage.pending({ states: ['dead'] })) {
    count += 1;
    if (since >= newest) {
      newest = since;
      code = error?.code ?? '';
    }
    if (count >= mostDead) break;
  }
  return { count, code };
}

async function diskOf(folder: string): Promise<Look['disk']> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}

async function indexOf(engine: SearchEngine | null): Promise<Look['index']> {
  if (engine === null) return null;
  const { crashes, size, rebuild } = await engine.status();
  return { crashes, size, done: rebuild?.done ?? null, total: rebuild?.total ?? null };
}

async function unwellParts({ storage, state, engine }: LookSources): Promise<Look['unwell']> {
  const search = engine();
  const parts: [string, { checkHealth(): Promise<void> }][] = [
    ['store', storage],
    ['state', state],
    ...(search === null ? [] : ([['search', search]] as [string, SearchEngine][])),
  ];
  const outcomes = await Promise.all(
    parts.map(async ([part, service]) => ({ part, code: await codeOf(() => service.checkHealth()) })),
  );
  return outcomes.filter(({ code }) => code !== '');
}

/** "" when it works. */
async function codeOf(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('TIMEOUT'), checkLimit).unref();
  });
  try {
    return await Promise.race([check().then(() => ''), late]);
  } catch (error) {
    return asFaultlineError(error).code;
  } finally {
    clearTimeout(timer);
  }
}
