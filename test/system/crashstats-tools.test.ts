/** crashstats-tools from PyPI, unmodified, against this server with only the host changed. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashStats, findCrashStatsTools } from './crashstats-peer.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const tools = findCrashStatsTools();
/** More than one page of a thousand. */
const crashes = 1100;

describe.skipIf(tools === null)('scripts made for Crash Stats', () => {
  let server: RunningServer;
  let token: string;
  let output: string;

  beforeAll(async () => {
    const data = temporaryFolder();
    output = mkdtempSync(path.join(os.tmpdir(), 'faultline-fetched-'));
    const made = await faultline(['generate', '--crashes', String(crashes), '--days', '2', '--dumps', '--data', data], {
      patience: 90_000,
    });
    expect(made.code, made.stderr).toBe(0);
    server = await startServer({ data });
    const created = await faultline([
      'token',
      'create',
      '--data',
      data,
      '--name',
      'script',
      '--permission',
      'maintainer',
    ]);
    token = created.stdout.trim();
  });
  afterAll(async () => {
    await server.stop();
    cleanUp();
    rmSync(output, { recursive: true, force: true });
  });

  const run = async (command: string, ...args: string[]): Promise<string> => {
    const result = await crashStats(tools ?? '', { command, args: ['--host', server.url, ...args], token });
    expect(result.code, `${command} ${args.join(' ')}\n${result.stderr}`).toBe(0);
    return result.stdout;
  };
  const lines = (text: string): string[] => text.trimEnd().split('\n');

  it('page through all crashes', async () => {
    const ids = lines(await run('supersearch', '--num=all'));
    expect(new Set(ids).size).toBe(crashes);
    expect(ids.every((id) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
  });

  it('get columns, in tables and as JSON', async () => {
    const columns = ['uuid', 'date', 'product', 'version', 'url'].map((name) => `--_columns=${name}`);
    const rows = lines(await run('supersearch', '--num=5', '--product=Kestrel', ...columns)).map((line) =>
      line.split('\t'),
    );
    expect(rows).toHaveLength(5);
    for (const [, date, product] of rows) {
      expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/);
      expect(product).toBe('Kestrel');
    }
    const url = `https://crash-stats.mozilla.org/search/?product=Kestrel&_columns=uuid&_columns=signature&_facets=version`;
    const json = JSON.parse(
      await run('supersearch', '--num=3', '--format=json', `--supersearch-url=${url}`),
    ) as object[];
    expect(json.map((row) => Object.keys(row))).toEqual(Array(3).fill(['uuid', 'signature']));
  });

  it('count by facets, nested facets, histograms and cardinalities', async () => {
    const facet = async (...args: string[]) =>
      JSON.parse(await run('supersearchfacet', '--format=raw', ...args)) as RawFacets;
    const flat = await facet('--_facets=product', '--_facets=_cardinality.version');
    const counts = (flat.facets['product'] as Bucket[]).map(({ count }) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(crashes);
    expect(flat.facets['cardinality_version']).toMatchObject({ value: expect.any(Number) as number });
    const nested = await facet('--_aggs.product.version=_cardinality.build_id');
    const [first] = nested.facets['product'] as Bucket[];
    expect((first?.facets?.['version'] as Bucket[])[0]?.facets).toHaveProperty('cardinality_build_id.value');
    const table = await run('supersearchfacet', '--format=csv', '--_histogram.date=product', '--relative-range=1w');
    expect(lines(table)[1]).toContain('Kestrel Mobile');
    const days = lines(table).slice(2);
    expect(days.map((line) => Number(line.split(',').at(-1))).reduce((sum, count) => sum + count, 0)).toBe(crashes);
  });

  it('fetch raw and processed crashes and dumps, ten at a time', async () => {
    const ids = lines(await run('supersearch', '--num=30'));
    // Situation: the tool's workers each make a folder that isn't there yet, and one that comes second ends it all.
    // Sighting: crashstats-tools 2.1.0 on a busy machine, FileExistsError. Handling: the folders are there before.
    for (const name of ['upload_file_minidump', 'raw_crash', 'processed_crash']) {
      mkdirSync(path.join(output, name), { recursive: true });
    }
    await run('fetch-data', '--dumps', '--processed', '--workers=10', output, ...ids);
    for (const id of ids) {
      const day = `20${id.slice(-6)}`;
      const raw = JSON.parse(readFileSync(path.join(output, 'raw_crash', day, id), 'utf8')) as RawCrash;
      const dump = readFileSync(path.join(output, 'upload_file_minidump', id));
      expect(createHash('sha256').update(dump).digest('hex')).toBe(raw.metadata.dump_checksums['upload_file_minidump']);
      expect(statSync(path.join(output, 'processed_crash', id)).size).toBeGreaterThan(100);
    }
    expect(readdirSync(path.join(output, 'dump_names'))).toHaveLength(30);
  });

  it('ask for crashes to be processed again', async () => {
    const [id = ''] = lines(await run('supersearch', '--num=1'));
    expect(await run('reprocess', id)).toContain('Done!');
    const report = `${server.url}/api/v1/crashes/${id}`;
    await expect
      .poll(async () => ((await (await fetch(report)).json()) as { runs: object[] }).runs.length, { timeout: 20_000 })
      .toBe(2);
  });

  it('are told in words what they may not see, as if it were not there', async () => {
    const args = ['--host', server.url, '--num=1', '--_columns=url'];
    const refused = await crashStats(tools ?? '', { command: 'supersearch', args, token: '' });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("Unknown field 'url'");
    const forged = await crashStats(tools ?? '', {
      command: 'supersearch',
      args: args.slice(0, 3),
      token: 'a'.repeat(32),
    });
    expect(forged.stderr).toContain('API Token not matched');
  });
});

interface Bucket {
  term: string;
  count: number;
  facets?: Record<string, unknown>;
}

interface RawFacets {
  facets: Record<string, unknown>;
}

interface RawCrash {
  metadata: { dump_checksums: Record<string, string> };
}
