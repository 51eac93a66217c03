import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  Clock,
  definePlugin,
  JobRunner,
  NoticeBoard,
  NoticeSource,
  Notifier,
  type NoticeCondition,
  type NoticeMessage,
} from '@faultline/sdk';
import type { NoticeChannelList, NoticeList } from '@faultline/sdk/api';
import { MemoryLogger } from '@faultline/testing';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { startMailServer, startWebhook } from './notice-receivers.ts';

const behind: NoticeCondition = {
  key: 'sink-behind/search',
  severity: 'warning',
  text: 'Search is 12 crashes behind.',
  hint: 'Free space.',
  link: '/operations#sinks',
};

describe('Notices', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function start(notices: object, more: object = {}): Promise<TestHost> {
    const host = await startTestHost({
      plugins: ['notices'],
      config: { notices: { after: 0, firstRetry: 20, timeout: 300, ...notices } },
      ...more,
    });
    stops.push(() => host.stop());
    return host;
  }
  const get = async <T>(host: TestHost, what: string) =>
    (await (await host.fetch(`/api/v1/notices${what}`, { as: ['manage'] })).json()) as T;
  const testChannel = async (host: TestHost, channel: string) => {
    const answer = await host.fetch('/api/v1/notices/channels/test', {
      as: ['manage'],
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel }),
    });
    return { status: answer.status, ...((await answer.json()) as { isDelivered?: boolean; error?: unknown }) };
  };

  it('reach a webhook that first answers 429 and 500 and hangs, once each and in order', async () => {
    const hook = await startWebhook([429, 500, 'hang', 200]);
    stops.push(hook.stop);
    const host = await start({ webhooks: { chat: { url: hook.url, secret: 'sssshhhh!' } } });
    const board = host.resolve(NoticeBoard);
    await board.hold('ops', [behind]);
    await board.hold('ops', [behind]);
    await expect.poll(() => hook.posts.length, { timeout: 15_000 }).toBe(4);
    await board.hold('ops', []);
    await expect.poll(() => hook.posts.length, { timeout: 15_000 }).toBe(5);
    const bodies = hook.posts.map(({ body }) => JSON.parse(body) as { id: string; event: string; text: string });
    expect(new Set(bodies.slice(0, 4).map(({ id }) => id)).size).toBe(1);
    expect(bodies.map(({ event }) => event)).toEqual(['raised', 'raised', 'raised', 'raised', 'cleared']);
    expect(bodies[3]?.text).toMatch(/^\[PROBLEM\] 127\.0\.0\.1:\d+: Search is 12 crashes behind\. Free space\.$/);
    expect(bodies[4]?.text).toMatch(/^\[SOLVED\]/);
    const signed = hook.posts[4];
    const digest = createHmac('sha256', 'sssshhhh!')
      .update(signed?.body ?? '')
      .digest('hex');
    expect(signed?.headers['x-faultline-signature']).toBe(`sha256=${digest}`);
    const { channels } = await get<NoticeChannelList>(host, '/channels');
    expect(channels).toMatchObject([{ id: 'notices/webhook-chat', waiting: 0, error: null }]);
    expect(JSON.stringify(channels)).not.toContain('secret-part');
  });

  it('heed a receiver that says when it wants to be asked again', async () => {
    const hook = await startWebhook([429, 200], { 'retry-after': '1' });
    stops.push(hook.stop);
    const host = await start({ webhooks: { chat: { url: hook.url } } });
    const begin = performance.now();
    await host.resolve(NoticeBoard).hold('ops', [behind]);
    await expect.poll(() => hook.posts.length, { timeout: 15_000 }).toBe(2);
    expect(performance.now() - begin).toBeGreaterThan(950);
  });

  it('go out by mail, to a real SMTP server, with the password from a file', async () => {
    const server = await startMailServer();
    stops.push(server.stop);
    const mail = { host: '127.0.0.1', port: server.port, requireTls: false, user: 'faultline', passwordFile: 'pass' };
    const host = await start({ mail: { ...mail, from: 'faultline@example.org', to: ['ops@example.org'] } });
    expect(await testChannel(host, 'notices/mail')).toMatchObject({
      isDelivered: false,
      error: "A secret's file can't be read (ENOENT).",
    });
    await writeFile(path.join(host.dataFolder, 'pass'), 'wrong\n');
    expect(await testChannel(host, 'notices/mail')).toMatchObject({
      isDelivered: false,
      error: 'The mail server does not take the user or the password (EAUTH 535).',
    });
    await writeFile(path.join(host.dataFolder, 'pass'), 'right\n');
    expect(await testChannel(host, 'notices/mail')).toMatchObject({ status: 200, isDelivered: true });
    await host.resolve(NoticeBoard).hold('ops', [{ ...behind, text: 'Zwölf <b>Abstürze</b>\nBcc: x@example.org' }]);
    await expect.poll(() => server.mails.length, { timeout: 15_000 }).toBe(2);
    const [test, notice] = server.mails;
    expect(test?.subject).toMatch(/^\[TEST\] 127\.0\.0\.1:\d+: This is a test/);
    expect(notice?.subject).toContain('Zwölf <b>Abstürze</b> Bcc');
    expect(notice?.bcc).toBeUndefined();
    expect(notice?.html).toBe(false);
    expect(notice?.text).toContain('Free space.');
    expect(notice?.text).toContain('/operations#sinks');
  });

  it('are given up at once where an address is refused for good, and named', async () => {
    const hook = await startWebhook([404]);
    stops.push(hook.stop);
    const logger = new MemoryLogger();
    const host = await start({ webhooks: { chat: { url: hook.url } } }, { logger });
    await host.resolve(NoticeBoard).hold('ops', [behind]);
    await expect
      .poll(() => logger.lines.some(({ message }) => message === 'A notice was given up'), { timeout: 15_000 })
      .toBe(true);
    expect(hook.posts).toHaveLength(1);
    expect((await get<NoticeChannelList>(host, '/channels')).channels).toMatchObject([
      { waiting: 0, error: 'The answer was 404.' },
    ]);
    expect(await testChannel(host, 'notices/webhook-chat')).toMatchObject({ isDelivered: false });
    expect(await testChannel(host, 'nobody/here')).toMatchObject({ status: 404 });
  });

  it('tell nobody of what is over before it has held for a while, nor of what is for information', async () => {
    let now = Date.UTC(2026, 10, 23);
    const clock = {
      now: () => now,
      monotonic: () => performance.now(),
      sleep: (delay: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, Math.min(delay, 20));
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason as Error);
          });
        }),
    };
    const told: NoticeMessage[] = [];
    const paper = {
      manifest: { id: 'paper', contributes: { Notifier: [{ id: 'paper/note' }] } },
      definition: definePlugin({
        activate: (context) =>
          void context.contribute(Notifier, {
            id: 'paper/note',
            title: 'Paper',
            target: 'the wall',
            deliver: (message) => Promise.resolve(void told.push(message)),
          }),
      }),
    };
    const fakes = [fake(Clock, clock)];
    const host = await start({ after: 30, remind: 24 }, { plugins: ['notices', paper], fakes });
    const board = host.resolve(NoticeBoard);
    const info = { ...behind, key: 'rebuild', severity: 'info' as const };
    await board.hold('ops', [behind, info]);
    now += 10_000;
    await board.hold('ops', [info]);
    now += 60_000;
    await board.hold('ops', [info, behind]);
    expect(await board.open()).toHaveLength(2);
    now += 31_000;
    await board.hold('ops', [info, behind]);
    await expect.poll(() => told.map(({ event }) => event), { timeout: 15_000 }).toEqual(['raised']);
    now += 25 * 3_600_000;
    await board.hold('ops', [behind]);
    await expect.poll(() => told.map(({ event }) => event), { timeout: 15_000 }).toEqual(['raised', 'reminder']);
    now += 1000;
    await board.hold('ops', []);
    await expect
      .poll(() => told.map(({ event }) => event), { timeout: 15_000 })
      .toEqual(['raised', 'reminder', 'cleared']);
    expect(told[2]?.notice).toMatchObject({ key: behind.key, clearedAt: now });
    const { open, past } = await get<NoticeList>(host, '');
    expect([open.length, past.map(({ key }) => key)]).toEqual([0, [behind.key, 'rebuild', behind.key]]);
  });

  it('keep owners apart, and bound what is past', async () => {
    const host = await start({});
    const board = host.resolve(NoticeBoard);
    await board.hold('mine', [behind]);
    await board.hold('yours', []);
    expect((await board.open()).map(({ owner }) => owner)).toEqual(['mine']);
    for (let n = 0; n < 205; n++) await board.hold('yours', n % 2 === 0 ? [{ ...behind, key: `k${n}` }] : []);
    const { past } = await get<NoticeList>(host, '');
    expect(past).toHaveLength(50);
    expect((await host.fetch('/api/v1/notices', { as: ['triage'] })).status).toBe(403);
  });

  it('come from sources that are looked at by a job, one that fails beside others', async () => {
    let isBroken = true;
    const alerts = {
      manifest: { id: 'alerts', contributes: { NoticeSource: [{ id: 'alerts/*' }] } },
      definition: definePlugin({
        activate(context) {
          context.contribute(NoticeSource, {
            id: 'alerts/broken',
            look: () => (isBroken ? Promise.reject(new TypeError('no luck')) : Promise.resolve([])),
          });
          context.contribute(NoticeSource, { id: 'alerts/many', look: () => Promise.resolve([behind]) });
        },
      }),
    };
    const host = await start({}, { plugins: ['notices', 'jobs', alerts] });
    const board = host.resolve(NoticeBoard);
    await expect
      .poll(async () => (await board.open()).map(({ owner }) => owner), { timeout: 15_000 })
      .toEqual(['alerts/many']);
    const runner = host.resolve(JobRunner);
    const outcome = async () => (await runner.settled((await runner.start('notices/look', null, '')).id)).status;
    expect(await outcome()).toBe('failed');
    isBroken = false;
    expect(await outcome()).toBe('succeeded');
  });

  it('refuse a webhook with two addresses or none', async () => {
    const host = await start({ webhooks: { chat: { url: 'https://x.example', urlFile: 'also' } } });
    expect(host.state('notices')).toMatchObject({ state: 'failed', error: { code: 'CONFIG_INVALID' } });
  });
});
