import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobRun } from '@faultline/sdk';
import { FakeClock, MemoryLogger, MemoryStateStore } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importPciIdsJob } from '../../../plugins/rules/src/pci-ids/import-job.js';
import { PciIdsSettings } from '../../../plugins/rules/src/pci-ids/pci-ids-settings.js';
import { PciIdsText } from '../../../plugins/rules/src/pci-ids/pci-ids-text.js';

const text = '10de  NVIDIA Corporation\n\t1c03  GP106 [GeForce GTX 1060 6GB]\n';
const clock = new FakeClock();
const run = { signal: new AbortController().signal } as JobRun;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pci-'));
});
afterEach(() => rm(folder, { recursive: true }));

function importing(source: string) {
  const ids = new PciIdsText(source, () => folder);
  const state = new MemoryStateStore(clock);
  const job = importPciIdsJob({ ids, state: () => state, clock });
  const settings = new PciIdsSettings();
  const logger = new MemoryLogger();
  return { job, settings, logger, refresh: () => settings.refresh(ids, logger) };
}

describe('Names of graphics adapters from a file', () => {
  it('are taken up again when the file has others, and only then', async () => {
    const file = path.join(folder, 'pci.ids');
    await writeFile(file, text);
    const { job, settings, refresh } = importing(file);
    expect(await job.run(run)).toEqual({ source: file, vendors: 1, devices: 1, isNew: true });
    let told = 0;
    settings.onChange(() => told++);
    await refresh();
    await refresh();
    expect([settings.current(), told]).toEqual([{ pciIds: text }, 1]);
    expect(await job.run(run)).toMatchObject({ isNew: false });
    await writeFile(file, `${text}\t1c04  Another\n`);
    expect(await job.run(run)).toMatchObject({ devices: 2, isNew: true });
    await refresh();
    expect(told).toBe(2);
  });

  it('stay as they were when it can’t be read, which is said', async () => {
    const { job, settings, logger, refresh } = importing(path.join(folder, 'none'));
    await expect(job.run(run)).rejects.toMatchObject({ code: 'PCI_IDS_UNREADABLE' });
    await refresh();
    expect(settings.current()).toEqual({ pciIds: '' });
    expect(JSON.stringify(logger.lines)).toContain('ENOENT');
  });
});

describe('Names of graphics adapters from an address', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let address: string;
  beforeEach(async () => {
    answer = { status: 200, body: text };
    server = createServer((_, response) => {
      response.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pci.ids`;
  });
  afterEach(() => server.close());

  it('are downloaded, kept, and there before the next download', async () => {
    const { job, settings, refresh } = importing(address);
    await refresh();
    expect(settings.current()).toEqual({ pciIds: '' });
    expect(await job.run(run)).toEqual({ source: address, vendors: 1, devices: 1, isNew: true });
    await refresh();
    expect(settings.current()).toEqual({ pciIds: text });
    expect(await readdir(folder)).toEqual(['pci.ids']);
  });

  it.each([
    ['an error page', 200, '<html>Sorry</html>', 'PCI_IDS_INVALID'],
    ['nothing', 200, '', 'PCI_IDS_INVALID'],
    ['an error', 500, text, 'PCI_IDS_UNREADABLE'],
    ['another address', 302, '', 'PCI_IDS_UNREADABLE'],
    ['more than a list can have', 200, text.padEnd(17 * 1024 * 1024), 'PCI_IDS_UNREADABLE'],
  ])('stay as they were when it gives %s', async (_, status, body, code) => {
    const { job, settings, refresh } = importing(address);
    await job.run(run);
    answer = { status, body };
    await expect(job.run(run)).rejects.toMatchObject({ code });
    await refresh();
    expect(settings.current()).toEqual({ pciIds: text });
  });
});
