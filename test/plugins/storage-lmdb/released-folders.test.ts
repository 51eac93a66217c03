/** Data folders as released versions left them open here, and answer the same. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/data-folders/', import.meta.url));
const never = new AbortController().signal;

/** What 0.1.0 said of its folder. */
const answersOf010 = [
  {
    id: '2bd42b44-0d5c-48eb-b32e-cc7b30261123',
    product: 'Teapot',
    version: '2.0',
    signature: 'EMPTY: no frame data available; HeaderMismatch',
    parts: [300000, 19],
  },
  {
    id: '6105573e-7708-4bdf-835a-584820261123',
    product: 'Teapot',
    version: '2.1',
    signature: 'EMPTY: no frame data available',
    parts: [],
  },
  {
    id: '96953d56-52ae-4c28-bd18-d7fe70261123',
    product: 'Demo',
    version: '1.0',
    signature: 'EMPTY: no frame data available; HeaderMismatch',
    parts: [1557],
  },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-released-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('A data folder of version 0.1.0', () => {
  beforeEach(() => {
    execFileSync('tar', ['xzf', path.join(fixtures, '0.1.0.tar.gz'), '-C', folder]);
  });

  const format = async () => JSON.parse(await readFile(path.join(folder, 'format.json'), 'utf8')) as object;

  it('is upgraded by a server, its state copied first, and answers the same', async () => {
    expect(await format()).toMatchObject({ format: 1, oldestReader: 1 });
    const { store, dispose, reopen } = await openStore({ folder });
    try {
      expect(await format()).toMatchObject({ format: 2, oldestReader: 2 });
      expect(existsSync(path.join(folder, 'state.format-1.mdb'))).toBe(true);
      const found = [];
      for await (const { crashId, product } of store.upkeep.crashes('2026-11-23')) {
        const stored = await store.crashes.load(crashId);
        found.push({
          id: crashId,
          product,
          version: stored?.processed?.version,
          signature: stored?.processed?.signature,
          parts: stored?.raw.parts.map(({ size }) => size),
        });
      }
      expect(found).toEqual(answersOf010);
      expect(await store.upkeep.check({ repair: false, signal: never })).toMatchObject({ crashes: 3, findings: [] });
      const tokens = [];
      for await (const { key } of store.state.range({ prefix: ['collector'] })) tokens.push(key);
      expect(tokens).toEqual([['collector', 'install-secret']]);
      const again = await reopen();
      expect((await again.crashes.load(answersOf010[0]?.id ?? ''))?.runs).toHaveLength(1);
    } finally {
      await dispose();
    }
  });

  it('is left as it is by a command, which an older server may run beside', async () => {
    const { dispose, store } = await openStore({ folder, holds: false });
    expect((await store.crashes.load(answersOf010[0]?.id ?? ''))?.raw.parts).toHaveLength(2);
    expect(await format()).toMatchObject({ format: 1 });
    await dispose();
  });

  it('can be erased from, like one of this version', async () => {
    const { store, dispose } = await openStore({ folder });
    const [first] = answersOf010;
    await store.upkeep.erase([first?.id ?? ''], { signal: never });
    expect((await store.crashes.fate(first?.id ?? '')).state).toBe('erased');
    expect(await store.upkeep.check({ repair: false, signal: never })).toMatchObject({ crashes: 2, findings: [] });
    await dispose();
  });
});
