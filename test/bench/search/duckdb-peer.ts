/** DuckDB over the same generated crashes: the first and the fourth question of the speed table. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { generatedCrashes } from '../../../plugins/generator/src/generated-crashes.js';

const release = '@duckdb/node-api@1.5.6-r.1';
const columns = ['signature', 'product', 'version', 'release_channel', 'process_type', 'os_name', 'reason'] as const;
const rounds = 15;

/** The part of its API that is used here. */
interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ currentRowCount: number }>;
  createAppender(table: string): Promise<Appender>;
}

interface Appender {
  appendVarchar(value: string): void;
  appendNull(): void;
  endRow(): void;
  closeSync(): void;
}

export async function duckdbTimes(options: { crashes: number; days: number; end: string }): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-duckdb-'));
  try {
    const connection = await connect(folder);
    const loadedIn = await load(connection, options);
    console.log(`DuckDB: ${options.crashes} rows of ${columns.length + 2} columns loaded in ${loadedIn.toFixed(1)} s`);
    const end = `TIMESTAMP '${options.end}'`;
    const wanted = `release_channel = 'release' AND process_type IN ('parent', 'content')`;
    const month = `FROM crashes WHERE date >= ${end} - INTERVAL 30 DAY AND date < ${end}`;
    const terms = (field: string, from: string) =>
      `SELECT ${field}, count(*) AS crashes ${from} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`;
    const usual = `${month} AND ${wanted}`;
    await time(connection, '2 filters, 30 days, 3 facets, daily histogram by product, 100 rows', [
      terms('signature', usual),
      terms('version', usual),
      terms('os_name', usual),
      `SELECT date_trunc('day', date), product, count(*) ${usual} GROUP BY 1, 2 ORDER BY 1`,
      `SELECT id, date, signature, product, version, os_name ${usual} ORDER BY date DESC LIMIT 100`,
    ]);
    const top = `SELECT signature FROM crashes GROUP BY 1 ORDER BY count(*) DESC LIMIT 50`;
    await time(connection, `${options.days} days, no filter, 5 facets, one nested`, [
      ...['signature', 'product', 'version', 'process_type', 'reason'].map((field) => terms(field, 'FROM crashes')),
      `SELECT signature, os_name, count(*) FROM crashes WHERE signature IN (${top}) GROUP BY 1, 2`,
      'SELECT id, date FROM crashes ORDER BY date DESC LIMIT 50',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function connect(folder: string): Promise<Connection> {
  mkdirSync(path.join(folder, 'node_modules'));
  const options = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', release];
  const { status } = spawnSync('npm', options, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${release} could not be installed; --no-duckdb leaves it out.`);
  // It is in no package.json of ours: whoever runs this bench asks for it.
  const { DuckDBInstance } = createRequire(path.join(folder, 'bench.js'))('@duckdb/node-api') as {
    DuckDBInstance: { create(file: string): Promise<{ connect(): Promise<Connection> }> };
  };
  return await (await DuckDBInstance.create(path.join(folder, 'crashes.duckdb'))).connect();
}

async function load(connection: Connection, options: { crashes: number; days: number; end: string }): Promise<number> {
  const began = performance.now();
  const texts = ['id', 'date', ...columns].map((name) => `${name} VARCHAR`).join(', ');
  await connection.run(`CREATE TABLE loaded (${texts})`);
  const appender = await connection.createAppender('loaded');
  const end = Date.parse(`${options.end}T00:00:00Z`);
  for (const { processed } of generatedCrashes({ ...options, seed: '1', end })) {
    appender.appendVarchar(processed.crash_id);
    appender.appendVarchar(processed.submitted_timestamp);
    for (const column of columns) {
      const value = processed[column];
      if (typeof value === 'string') appender.appendVarchar(value);
      else appender.appendNull();
    }
    appender.endRow();
  }
  appender.closeSync();
  await connection.run('CREATE TABLE crashes AS SELECT * REPLACE (CAST(date AS TIMESTAMP) AS date) FROM loaded');
  await connection.run('DROP TABLE loaded');
  return (performance.now() - began) / 1000;
}

async function time(connection: Connection, name: string, queries: readonly string[]): Promise<void> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let round = 0; round <= rounds; round++) {
    const at = performance.now();
    for (const query of queries) await connection.runAndReadAll(query);
    times.push(performance.now() - at);
  }
  const { user, system } = process.cpuUsage(before);
  const warm = times.slice(1).sort((a, b) => a - b);
  const at = (part: number) => (warm[Math.floor(warm.length * part)] ?? 0).toFixed(1);
  const processor = ((user + system) / 1000 / times.length).toFixed(1);
  console.log(`DuckDB, ${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, processor ${processor} ms`);
}
