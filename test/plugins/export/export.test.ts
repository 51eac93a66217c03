import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FieldDefinition, JsonValue } from '@faultline/sdk';
import { MemoryFieldDictionary, MemoryLogger, sampleCrashId, sampleProcessed } from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExportSink } from '../../../plugins/export/src/export-sink.ts';

const field = (id: string, facts: Partial<FieldDefinition> = {}): FieldDefinition => ({
  id,
  title: id,
  type: 'keyword',
  description: `${id}.`,
  permission: 'public',
  ...facts,
});

describe('The export', () => {
  let folder: string;
  let sink: ExportSink;
  const fields = new MemoryFieldDictionary([
    field('signature', { type: 'string' }),
    field('uptime', { type: 'integer', unit: 'seconds' }),
    field('tags', { type: 'list' }),
    field('email', { permission: 'protected' }),
    field('json_dump', { type: 'stored' }),
    field('nested', { type: 'object' }),
    field('part', { path: 'nested.part' }),
  ]);
  const open = () => new ExportSink({ folder, fields, logger: new MemoryLogger(), tidyAfter: 60_000 });
  const crash = (seed: number, facts: Record<string, JsonValue> = {}, run = 1) => ({
    crash: sampleProcessed(sampleCrashId(seed), { signature: `s${seed}`, ...facts }),
    run,
  });
  const deliver = (...batch: ReturnType<typeof crash>[]) => sink.deliver(batch);
  const dayFile = async () => path.join(folder, (await readdir(folder)).find((name) => name.endsWith('ndjson')) ?? '');
  const lines = async (): Promise<Record<string, JsonValue>[]> =>
    (await readFile(await dayFile(), 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, JsonValue>);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faultline-export-'));
    sink = open();
  });
  afterEach(async () => {
    await sink.close();
    await rm(folder, { recursive: true });
  });

  it('writes only what is public in so many words, of the declared type', async () => {
    await deliver(
      crash(1, {
        uptime: 12,
        tags: ['a', 1],
        email: 'somebody@example.org',
        undeclared: 'secret',
        json_dump: { threads: [] },
        nested: { part: 1, secret: 2 },
      }),
      crash(2, { uptime: { secret: 'in place of a number' }, tags: [{ secret: 1 }], signature: 7 }),
    );
    expect(await lines()).toEqual([
      { crash_id: sampleCrashId(1), signature: 's1', tags: ['a', 1], uptime: 12 },
      { crash_id: sampleCrashId(2) },
    ]);
    const schema = JSON.parse(await readFile(path.join(folder, 'schema.json'), 'utf8')) as {
      properties: Record<string, unknown>;
    };
    expect(Object.keys(schema.properties)).toEqual(['crash_id', 'signature', 'tags', 'uptime']);
    expect(schema).toMatchObject({
      additionalProperties: false,
      required: ['crash_id'],
      properties: { uptime: { type: 'number', title: 'uptime', description: 'uptime. In seconds.' } },
    });
  });

  it('leaves one line of a crash that comes again, the last', async () => {
    await deliver(crash(1), crash(2));
    await deliver(crash(1, { signature: 'new' }, 2));
    expect((await lines()).map(({ signature }) => signature)).toEqual(['s1', 's2', 'new']);
    await sink.close();
    expect((await lines()).map(({ signature }) => signature)).toEqual(['s2', 'new']);
  });

  it('takes out the lines of an erased crash, and the file with the last one', async () => {
    await deliver(crash(1), crash(2));
    await deliver(crash(1, {}, 2));
    await sink.remove([sampleCrashId(1)]);
    expect((await lines()).map(({ crash_id }) => crash_id)).toEqual([sampleCrashId(2)]);
    await sink.remove([sampleCrashId(2), sampleCrashId(3)]);
    expect((await readdir(folder)).filter((name) => name !== 'schema.json')).toEqual([]);
  });

  it('goes on after a kill in the middle of a line, and beside what another process wrote', async () => {
    await deliver(crash(1));
    await appendFile(await dayFile(), `{"crash_id":"${sampleCrashId(2)}","signature":"cut é`);
    sink = open();
    await deliver(crash(2), crash(1, { signature: 'again' }, 2));
    const other = open();
    await other.deliver([crash(3)]);
    await deliver(crash(3, { signature: 'third again' }, 2));
    await sink.close();
    expect((await lines()).map(({ signature }) => signature)).toEqual(['s2', 'again', 'third again']);
  });

  it('refuses rather than leaves out what it can’t write', async () => {
    await rm(folder, { recursive: true });
    await appendFile(folder, 'a file in place of the folder');
    await expect(deliver(crash(1))).rejects.toThrow();
  });
});
