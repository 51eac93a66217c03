import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchFolder } from '../../../server/src/serve/watch-folder.ts';

describe('A watched folder', () => {
  let folder = '';
  let changes = 0;
  let stop = () => {};
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-watch-'));
    writeFileSync(path.join(folder, 'rules.ts'), 'one');
    stop = watchFolder(folder, () => (changes += 1));
  });
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Does it, and waits until it was told. */
  async function seen(change: () => void): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    changes = 0;
    change();
    await expect.poll(() => changes, { timeout: 10_000 }).toBeGreaterThan(0);
  }

  /** As editors save: another file under its name. */
  const replace = (text: string) => () => {
    writeFileSync(path.join(folder, '.rules.swp'), text);
    renameSync(path.join(folder, '.rules.swp'), path.join(folder, 'rules.ts'));
  };

  it('tells of a file that is replaced, again and again, and written afterwards', async () => {
    await seen(replace('two'));
    await seen(replace('three'));
    await seen(() => writeFileSync(path.join(folder, 'rules.ts'), 'four'));
  });

  it('tells of what happens in folders that came later', async () => {
    const later = path.join(folder, 'later', 'still');
    await seen(() => mkdirSync(later, { recursive: true }));
    await seen(() => writeFileSync(path.join(later, 'a.ts'), 'x'));
    await seen(() => rmSync(path.join(folder, 'later'), { recursive: true }));
    await seen(replace('five'));
  });
});
