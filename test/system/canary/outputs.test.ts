/**
 * What is protected goes through a real server, which logs all it can: whole crashes, broken ones, and posts that are
 * no crashes. It must not show in the log, in events, in metrics, or in what commands print for who may not see it.
 */
import { writeMinidump } from '@faultline/minidump';
import { roles } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader, reportBody, submit, submitAccepted } from '../crash-client.js';
import { cleanUp, faultline, startServer, type CommandResult, type RunningServer } from '../server-process.js';
import { textOf } from './every-route.js';

const canary = 'CANARYxq7';
const words = Buffer.from(`${canary} ${canary} ${canary} `.repeat(8));

/** Annotations that are protected or undeclared; some are not what they should be, which is where errors tell. */
const secrets = {
  URL: `https://${canary}.example/`,
  Comments: canary,
  Email: `${canary}@example.com`,
  RemoteType: canary,
  GMPLibraryPath: `/home/${canary}/x`,
  GleanClientId: canary,
  DumperError: canary,
  PHCKind: canary,
  PHCBaseAddress: canary,
  ModuleSignatureInfo: `{"${canary}"`,
  Breadcrumbs: `[{"message": "${canary}"`,
  JavaException: `{"exception": "${canary}"`,
  MemoryReport: canary,
  TelemetryEnvironment: `{"${canary}": `,
  Undeclared: canary,
  [`Unknown${canary}`]: 'x',
};
const facts = { ProductName: 'Teapot', Version: '1.2.3', BuildID: '20261120', ReleaseChannel: 'release' };

let server: RunningServer;
let crashId: string;
let brokenId: string;
let viewer: string;
let events: string;

async function token(permissions: readonly string[]): Promise<string> {
  const wish = permissions.flatMap((one) => ['--permission', one]);
  return (await faultline(['token', 'create', '--data', server.data, '--name', 'canary', ...wish])).stdout.trim();
}

beforeAll(async () => {
  server = await startServer({ args: ['--set', 'log.level=debug', '--set', 'mozilla.enabled=true'] });
  viewer = await token(roles.viewer);
  const reader = await Reader.of(server);
  const end = new AbortController();
  const stream = await fetch(`${server.url}/api/v1/events`, {
    headers: { 'auth-token': viewer },
    signal: end.signal,
  });
  const reading = textOf(stream, 60_000);
  const dump = await writeMinidump({
    os: 'Linux',
    cpu: 'amd64',
    modules: [{ name: '/opt/app/bin/app', base: 0x400000n, size: 0x10000 }],
    threads: [
      {
        id: 1,
        registers: { rip: 0x401000n, rsp: 0x7fff0000n },
        stack: { start: 0x7fff0000n, words: Array.from({ length: 24 }, (_, n) => words.readBigUInt64LE(n * 8)) },
      },
    ],
    exception: { threadId: 1, code: 11, address: 0x1cn },
  });
  crashId = await submitAccepted(server.url, { ...facts, ...secrets }, { upload_file_minidump: dump });
  const broken = Buffer.concat([Buffer.from('MDMP'), words]);
  brokenId = await submitAccepted(server.url, { ...facts, ...secrets }, { upload_file_minidump: broken });
  // No crashes at all: refused, cut off, or of a form that nobody knows.
  await submit(server.url, secrets, {});
  const { body, contentType } = reportBody({ ...facts, ...secrets });
  const half = new Uint8Array(body.subarray(0, body.length - 40));
  for (const type of [contentType, 'application/json', `multipart/form-data; boundary=${canary}`]) {
    await fetch(`${server.url}/submit?x=${canary}`, { method: 'POST', body: half, headers: { 'content-type': type } });
  }
  await Promise.all([reader.searchable(crashId), reader.processed(brokenId)]);
  await fetch(`${server.url}/api/v1/crashes/${crashId}/reprocess`, {
    method: 'POST',
    headers: { 'auth-token': reader.token, 'content-type': 'application/json' },
    body: '{}',
  });
  for (const path of [
    `/api/v1/search?q=${canary}`,
    `/api/v1/search?q=url:~"${canary}"&from=${canary}`,
    `/api/SuperSearch/?url=${canary}&_columns=${canary}`,
    `/report/index/${canary}`,
    `/api/v1/nothing/${canary}?x=${canary}`,
    `/api/v1/crashes/${crashId}/raw/${canary}`,
  ]) {
    for (const auth of [viewer, reader.token, canary]) {
      await (await fetch(server.url + path, { headers: { 'auth-token': auth } })).text();
    }
  }
  setTimeout(() => end.abort(), 300);
  events = await reading;
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

describe('what is protected shows nowhere', () => {
  it('in events of a crash from its post to its report', () => {
    expect(events).toContain(crashId);
    expect(events).toContain('event: crash.processed');
    expect(events).not.toContain(canary);
  });

  it('in metrics', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toContain('faultline_');
    expect(text).not.toContain(canary);
  });

  it('in what commands print for a viewer, and for who keeps the machine without asking for a crash', async () => {
    const asViewer = ['--url', server.url, '--token', viewer];
    const commands: string[][] = [
      ['show', crashId, ...asViewer],
      ['show', crashId, '--json', ...asViewer],
      ['show', brokenId, '--json', ...asViewer],
      ['search', '', '--columns', '*', '--format', 'ndjson', ...asViewer],
      ['search', '', '--columns', 'url', ...asViewer],
      ['doctor', '--data', server.data],
      ['audit', 'export', '--data', server.data],
      ['usage', '--data', server.data],
    ];
    const results: CommandResult[] = [];
    for (let at = 0; at < commands.length; at += 4) {
      results.push(...(await Promise.all(commands.slice(at, at + 4).map((command) => faultline(command)))));
    }
    const told = results.flatMap(({ stdout, stderr }, at) =>
      `${stdout}${stderr}`.includes(canary) ? [`${commands[at]?.join(' ')}\n${stdout}${stderr}`] : [],
    );
    expect(told).toEqual([]);
    expect(results[0]?.stdout).toContain('Teapot');
    expect(results[3]?.stdout).toContain(crashId);
    expect(results[4]?.stderr).toContain('url');
  });

  it('in the log, though that has every request', () => {
    const log = server.log();
    expect(log).toContain('"route":"POST /submit"');
    expect(log.split('\n').filter((line) => line.includes(canary))).toEqual([]);
  });
});
