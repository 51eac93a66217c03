import { describe, expect, it } from 'vitest';
import { annotations, dumpPart, form, intakeOf, part, post, storedOf } from './submit-post.js';

const body = form(...annotations, dumpPart);
const outcomes = (intake: ReturnType<typeof intakeOf>['intake']) =>
  Object.fromEntries(
    intake.counts.answer().outcomes.map(({ outcome, reason, count }) => [`${outcome}/${reason}`, count]),
  );

describe('a disk that is nearly full', () => {
  it('refuses with 503 before a byte is read, and takes posts again when there is room', async () => {
    const { intake, disk } = intakeOf({ minFreeSpace: 1_000_000 });
    disk.free = 999_999;
    const refused = await post(intake, Buffer.from('not even a form'));
    expect(refused.status).toBe(503);
    expect(refused.response.headers?.['retry-after']).toBe('30');
    disk.free = 1_000_000;
    expect((await post(intake, body)).status).toBe(200);
    expect(outcomes(intake)).toEqual({ 'unavailable/low_disk': 1, 'accepted/accept_everything': 1 });
  });
});

describe('posts in flight', () => {
  it('are bounded, and leave their place when they are answered', async () => {
    const { intake } = intakeOf({ postsInFlight: 2 });
    const statuses = (await Promise.all([1, 2, 3].map(() => post(intake, body)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 503]);
    for (let again = 0; again < 5; again += 1) expect((await post(intake, body)).status).toBe(200);
    await post(intake, Buffer.from('junk'));
    expect((await post(intake, body)).status, 'a malformed post leaves too').toBe(200);
  });
});

describe('rate limits', () => {
  it('hold one address back and no other; an IPv6 network is one address', async () => {
    const { intake } = intakeOf({ reportsPerAddress: 2 });
    const from = (address: string) => post(intake, body, { address });
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(200);
    const third = await from('192.0.2.1');
    expect(third).toMatchObject({ status: 429, text: 'Discarded=limited_address' });
    expect(Number(third.response.headers?.['retry-after'])).toBeGreaterThan(0);
    expect((await from('192.0.2.2')).status).toBe(200);
    for (const [address, status] of [
      ['2001:db8:0:1::1', 200],
      ['2001:db8:0:1:ffff::2', 200],
      ['2001:0db8::1:0:0:0:3', 429],
      ['2001:db8:0:2::1', 200],
    ] as const) {
      expect((await from(address)).status, address).toBe(status);
    }
  });

  it('hold one product back and store nothing of what is refused', async () => {
    const { intake, storage } = intakeOf({ reportsPerProduct: 1 });
    expect((await post(intake, body)).status).toBe(200);
    expect(await post(intake, body)).toMatchObject({ status: 429, text: 'Discarded=limited_product' });
    expect((await post(intake, form(part('ProductName', 'Other')))).status).toBe(200);
    expect((await storage.usage()).reduce((sum, { reports }) => sum + reports, 0)).toBe(2);
    expect(outcomes(intake)).toMatchObject({ 'limited/product': 1 });
  });
});

describe('submit keys', () => {
  const submitKeys = { Demo: ['old-key-of-demo', 'new-key-of-demo'], '*': ['key-for-others'] };

  it('are not asked for by default', async () => {
    expect((await post(intakeOf().intake, body)).status).toBe(200);
  });

  it.each([
    ['in the path', { door: { key: 'new-key-of-demo', answers: 'CrashID' as const } }],
    ['in the query', { url: '/submit?key=old-key-of-demo' }],
    ['in a header', { headers: { 'x-faultline-key': 'new-key-of-demo' } }],
    [
      'as Sentry clients send it',
      { headers: { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=old-key-of-demo' } },
    ],
    ['as Sentry addresses have it', { url: '/api/1/minidump/?sentry_key=old-key-of-demo' }],
  ])('are taken %s, old and new alike, and never stored', async (_, options) => {
    const { intake, storage } = intakeOf({ submitKeys });
    const answer = await post(intake, body, options);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await storedOf(storage, answer.text))).not.toContain('key-of-demo');
  });

  it('keep out who has none, a wrong one, or that of another product', async () => {
    const { intake, storage } = intakeOf({ submitKeys });
    for (const key of ['', 'wrong-key', 'key-for-others']) {
      const answer = await post(intake, body, { headers: { 'x-faultline-key': key } });
      expect(answer, key).toMatchObject({ status: 401, text: 'Discarded=unauthorized_key' });
    }
    const other = form(part('ProductName', 'Other'));
    expect((await post(intake, other)).status).toBe(401);
    expect((await post(intake, other, { headers: { 'x-faultline-key': 'key-for-others' } })).status).toBe(200);
    expect((await storage.usage()).reduce((sum, { reports }) => sum + reports, 0)).toBe(1);
    expect(outcomes(intake)).toMatchObject({ 'unauthorized/submit_key': 4 });
  });
});

describe('counts', () => {
  it('tell what became of every post, by reason', async () => {
    const rules = [{ id: 'tests', when: [{ annotation: 'Version', equals: '0' }], verdict: 'reject' }];
    const { intake } = intakeOf({ throttle: { rules } });
    await post(intake, body);
    await post(intake, body);
    await post(intake, form(part('ProductName', 'Demo'), part('Version', '0')));
    await post(intake, Buffer.from('junk'));
    await post(intake, body, { headers: { 'content-length': '99999999999' } });
    expect(intake.counts.answer()).toMatchObject({ since: '2026-11-22T23:59:59.999Z', total: 5 });
    expect(outcomes(intake)).toEqual({
      'accepted/accept_everything': 2,
      'rejected/tests': 1,
      'malformed/invalid_payload_structure': 1,
      'too_large/too_large': 1,
    });
  });
});
