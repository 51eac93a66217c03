import type { Clock, StateKey, StateStore } from '@faultline/sdk';

const prefix: StateKey = ['symbols', 'arrived'];
/** Of a zip with tens of thousands of files, so many are written at once: each that waits for the disk takes memory. */
const atOnce = 500;

/**
 * Debug ids of symbol files that came and whose crashes were not looked for so far. Kept before anybody is told, so
 * that a kill in between forgets none.
 */
export class ArrivedSymbols {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  async add(debugIds: Iterable<string>): Promise<void> {
    const at = this.clock.now();
    await inChunks(debugIds, (id) => this.state.set([...prefix, id.toUpperCase()], { at }));
  }

  async all(): Promise<string[]> {
    const found: string[] = [];
    for await (const { key } of this.state.range({ prefix })) found.push(String(key.at(-1)));
    return found;
  }

  async remove(debugIds: Iterable<string>): Promise<void> {
    await inChunks(debugIds, (id) => this.state.delete([...prefix, id]));
  }
}

async function inChunks(ids: Iterable<string>, work: (id: string) => Promise<unknown>): Promise<void> {
  const all = [...ids];
  for (let at = 0; at < all.length; at += atOnce) await Promise.all(all.slice(at, at + atOnce).map(work));
}
