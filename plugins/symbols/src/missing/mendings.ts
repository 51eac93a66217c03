import type { Clock, JobRunner, Random, StateKey, StateStore, UnixMillis } from '@faultline/sdk';

/** Crashes that new symbols mend. A type, not an interface: it is a JSON value. */
export type Mending = {
  id: string;
  at: UnixMillis;
  debugIds: string[];
  /** Names of the modules, for people. */
  modules: string[];
  /** How many crashes lacked them when the symbols came. */
  crashes: number;
  /** `offered` waits for somebody's word, `started` has a run of the job that processes crashes again. */
  state: 'offered' | 'started' | 'dismissed';
  run: string | null;
};

const prefix: StateKey = ['symbols', 'mending'];

/** What new symbols mended, or would; newest first. */
export class Mendings {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async add(facts: Pick<Mending, 'debugIds' | 'modules' | 'crashes' | 'state' | 'run'>): Promise<Mending> {
    const at = this.clock.now();
    const id = `${at.toString(36).padStart(9, '0')}${Buffer.from(this.random.bytes(4)).toString('hex')}`;
    const mending = { id, at, ...facts };
    await this.put(mending);
    return mending;
  }

  async get(id: string): Promise<Mending | null> {
    return (await this.state.get<Mending>([...prefix, id]))?.value ?? null;
  }

  async put(mending: Mending): Promise<void> {
    await this.state.set([...prefix, mending.id], mending);
  }

  async list(limit: number): Promise<Mending[]> {
    const mendings: Mending[] = [];
    for await (const { value } of this.state.range<Mending>({ prefix, reverse: true, limit })) mendings.push(value);
    return mendings;
  }
}

const reprocessJobId = 'processor/reprocess';
/** Crashes of one run of the job. */
const mostAtOnce = 10_000;

/** @returns the last run's id: runs of one job go one after the other */
export async function startMending(runner: JobRunner, crashIds: string[], rate: number, by: string): Promise<string> {
  let last = '';
  for (let at = 0; at < crashIds.length; at += mostAtOnce) {
    const some = crashIds.slice(at, at + mostAtOnce);
    const params = { crashIds: some, ruleset: 'default', rate, reason: 'symbols' };
    last = (await runner.start(reprocessJobId, params, by)).id;
  }
  return last;
}
