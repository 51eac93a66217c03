import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { CrashId } from '@faultline/sdk';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canary, day, filesWith, storeReport, type OpenedStore } from './marked-reports.ts';
import { openStore } from './open-store.ts';
import { removeBundle, startStoreProcess } from './start-store-process.ts';

const never = new AbortController().signal;

let opened: OpenedStore;
beforeEach(async () => {
  opened = await openStore({ config: { largePart: 10_000 } });
});
afterEach(() => opened.dispose());
afterAll(removeBundle);

describe('Other processes that have the day open', () => {
  it('may be killed anywhere in a rewrite: the day opens again, and nothing of another is lost', async () => {
    const kept: CrashId[] = [];
    for (let round = 0; round < 5; round++) {
      const other = await startStoreProcess(['erase', opened.folder, '3000']);
      await other.until(() => other.events.some(({ erased }) => erased));
      await new Promise((resolve) => setTimeout(resolve, 37 * round));
      await other.kill('SIGKILL');
      const began = performance.now();
      kept.push(await storeReport(opened, round + 1));
      expect(performance.now() - began).toBeLessThan(3000);
    }
    await opened.store.upkeep.erase([kept[0] ?? ''], { signal: never });
    for (const id of kept.slice(1)) expect((await opened.store.crashes.load(id))?.runs).toHaveLength(2);
    const files = (await readdir(path.join(opened.folder, 'crashes', day))).filter((name) => !name.endsWith('-lock'));
    expect(files.filter((name) => name !== 'large')).toHaveLength(2);
  });

  it('are not waited for once their lease is over, and begin anew when they wake', { timeout: 30_000 }, async () => {
    const other = await startStoreProcess(['beside', opened.folder, '3000']);
    await other.until(() => other.events.filter(({ stored }) => stored).length > 3);
    process.kill(other.pid, 'SIGSTOP');
    const id = await storeReport(opened, 1, { text: canary });
    await opened.store.upkeep.erase([id], { signal: never });
    const before = other.events.length;
    process.kill(other.pid, 'SIGCONT');
    await other.until(() => other.events.length > before + 6);
    await other.kill('SIGKILL');
    expect(await filesWith(opened, canary)).toEqual([]);
    const after = other.events.slice(before + 1).filter((event) => event.stored !== undefined);
    for (const event of after) expect(await opened.store.crashes.load(event.stored ?? '')).not.toBeNull();
  });
});
