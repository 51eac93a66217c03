import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildWhatIsStale } from '../../../server/bin/stale-builds.js';

let repository: string;

beforeEach(async () => {
  repository = await mkdtemp(path.join(tmpdir(), 'faultline-stale-'));
  await write('sdk/contracts/src/index.ts', 'one');
  await write('plugins/collector/src/index.ts', 'one');
  await write('server/src/index.ts', 'one');
  await write('desktop/renderer/src/main.ts', 'one');
});
afterEach(() => rm(repository, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  const file = path.join(repository, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** What was built; each build leaves its product. */
async function build(): Promise<string[]> {
  const built: string[] = [];
  buildWhatIsStale({ repository, run: () => {}, say: (text: string) => void built.push(text) });
  await write('server/dist/cli/main.js', '');
  await write('desktop/dist/renderer/index.html', '');
  return built;
}

it('builds all at first, nothing when nothing changed, and only what changed', async () => {
  expect(await build()).toEqual(['Building the packages...', 'Building the page...']);
  expect(await build()).toEqual([]);
  await write('plugins/collector/src/index.ts', 'another');
  expect(await build()).toEqual(['Building the packages...']);
  await write('desktop/renderer/src/main.ts', 'another');
  expect(await build()).toEqual(['Building the page...']);
  await write('sdk/contracts/src/new.ts', 'new');
  expect(await build()).toEqual(['Building the packages...', 'Building the page...']);
});

it('notices a change that keeps the size, and a product that is gone', async () => {
  await build();
  await utimes(path.join(repository, 'server/src/index.ts'), new Date(), new Date(Date.now() + 5000));
  expect(await build()).toEqual(['Building the packages...']);
  await rm(path.join(repository, 'desktop/dist'), { recursive: true });
  expect(await build()).toEqual(['Building the page...']);
});

it('does not build for a README or for what a build made', async () => {
  await build();
  await write('plugins/collector/README.md', 'new');
  await write('plugins/collector/dist/index.js', 'new');
  await write('server/tsconfig.tsbuildinfo', '{}');
  expect(await build()).toEqual([]);
});
