/** The self-test against servers that answer as a broken one, or a broken proxy, would. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '@faultline/server/testing';
import { afterEach, describe, expect, it } from 'vitest';
import * as selftest from '../../../plugins/selftest/src/cli/selftest.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Verdicts by check. */
async function tried(answer: Answer, ...args: string[]): Promise<{ code: number; said: Record<string, string> }> {
  server = createServer(answer);
  const started = server;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  const { code, stdout } = await runCommand(selftest, [
    '--url',
    url,
    '--json',
    '--patience',
    '0.3',
    '--timeout',
    '1.5',
    ...args,
  ]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { check: string; outcome: string; what: string });
  return { code, said: Object.fromEntries(lines.map(({ check, outcome, what }) => [check, `${outcome}: ${what}`])) };
}

const json = (response: ServerResponse, body: object): void => void response.end(JSON.stringify(body));

/** Takes everything for a report, whatever it is, and shows everything to everybody. */
const careless: Answer = (request, response) => {
  const path = request.url ?? '';
  if (path === '/__version__') return json(response, { name: 'faultline', version: '0.1.0' });
  if (path === '/__heartbeat__') {
    response.statusCode = 503;
    return json(response, { errors: [{ name: 'store', msg: 'the disk is full' }] });
  }
  if (path === '/') return void response.end('<div id="app"></div>');
  if (path === '/submit') {
    request.resume();
    // As a proxy that waits for the whole body before it passes it on.
    request.on('end', () => response.end('CrashID=bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122\n'));
    request.on('error', () => undefined);
    return undefined;
  }
  if (path === '/api/v1/events') return void response.writeHead(200).flushHeaders();
  if (path.startsWith('/api/v1/crashes/')) return json(response, { state: 'pending', step: 'waiting' });
  return json(response, { total: 0 });
};

describe('the self-test', () => {
  it('says of each thing what is wrong with it, and ends with 1', async () => {
    const { code, said } = await tried(careless, '--keep', '--discard', 'Throttle=me');
    expect(code).toBe(1);
    expect(said).toMatchObject({
      answers: 'ok: Faultline 0.1.0',
      'is well': 'failed: store: the disk is full',
      'shows its page safely': expect.stringContaining('content-security-policy') as string,
      'keeps strangers out': expect.stringContaining('failed: open to everybody: /api/v1/users') as string,
      'takes a report, sent in chunks': 'ok: 3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122',
      'refuses 1 TB before it is sent': expect.stringMatching(/^failed: no answer within/) as string,
      'refuses what is no form': expect.stringMatching(/^failed: .*wrong_content_type was due.*200/) as string,
      'discards by its throttle rules': expect.stringMatching(/^failed: Discarded=rule_/) as string,
      'tells events as they happen': expect.stringContaining('does a proxy hold answers back?') as string,
      'processes the report': 'failed: it is still pending: waiting, after 0.3 s',
      'finds the report': 'failed: it is not in the index yet, after 0.3 s',
      'erases the report': 'skipped: it stays, as --keep says',
    });
  });

  it('stops at once where something else answers', async () => {
    const { code, said } = await tried((_, response) => response.end('<h1>It works!</h1>'));
    expect(code).toBe(1);
    expect(Object.keys(said)).toEqual(['answers']);
    expect(said['answers']).toContain('does not look like Faultline');
  });

  it('has a verdict on what never answers, or only half, and ends', async () => {
    const silent = await tried(() => undefined, '--timeout', '0.5');
    expect(silent).toEqual({ code: 1, said: { answers: 'failed: no answer within 0.5 s' } });
    server?.closeAllConnections();
    const { code, said } = await tried(
      (request, response) => {
        if (request.url === '/__version__') return json(response, { name: 'faultline', version: '0.1.0' });
        // Half of a page, and half of a protocol that nobody asked for.
        if (request.url === '/submit')
          return void request.socket.end('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
        return void response.writeHead(200, { 'content-length': '100' }).write('half');
      },
      '--timeout',
      '0.5',
      '--keep',
    );
    expect(code).toBe(1);
    expect(Object.keys(said)).toHaveLength(15);
    expect(said['is well']).toBe('failed: no answer within 0.5 s');
    expect(said['takes a report, sent in chunks']).toBe('failed: the connection was closed without an answer');
  });

  it('is told how it was called wrongly', async () => {
    for (const [args, words] of [
      [['--url', 'http://127.0.0.1:1', '-a', 'x'], '"x" is no KEY=VALUE'],
      [['--url', 'http://127.0.0.1:1', '--patience', 'long'], '--patience wants a number of seconds'],
      [['--url', 'http://127.0.0.1:1', '--timeout', '99999999'], '--timeout wants a number of seconds'],
      [['--url', 'http://127.0.0.1:1', 'here'], 'does not know what to do with "here"'],
      [[], '--url is missing'],
    ] as const) {
      const { code, stderr } = await runCommand(selftest, args);
      expect(code).toBe(2);
      expect(stderr).toContain(words);
    }
  });
});
