import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { FaultlineError } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { annotations, dump, dumpPart, form, intakeOf, part, post, storedOf } from './submit-post.js';

const sound = form(...annotations, dumpPart);

describe('submit', () => {
  it('stores annotations, dump and mark, publishes the work, then answers the id', async () => {
    const { intake, storage, bus } = intakeOf();
    const { status, text } = await post(intake, sound, { headers: { 'user-agent': 'test/1' } });
    expect(status).toBe(200);
    const stored = await storedOf(storage, text);
    expect(stored.raw).toMatchObject({
      submittedTimestamp: '2026-11-22T23:59:59.999Z',
      annotations: { ProductName: 'Demo', Version: '1.2.3' },
      metadata: {
        payload: 'multipart',
        payload_compressed: '0',
        payload_size: sound.length,
        collector_notes: [],
        dump_checksums: { upload_file_minidump: createHash('sha256').update(dump).digest('hex') },
        user_agent: 'test/1',
        throttle_rule: 'accept_everything',
        identity: { product: 'Demo', version: '1.2.3' },
      },
    });
    expect(stored.raw.crashId.endsWith('261122'), 'the id carries the day of the one clock reading').toBe(true);
    expect(stored.pending).toMatchObject({ run: 1, lane: 'normal', state: 'pending' });
    const consumer = await bus.consumer('crash.process.normal', { name: 'p', ackWait: 1000 });
    const [message] = await consumer.fetch(1, 0);
    expect(message).toMatchObject({
      id: `${stored.raw.crashId}/1/normal`,
      data: { crashId: stored.raw.crashId, run: 1 },
    });
  });

  it.each([
    ['gzip', () => ({ body: gzipSync(sound), headers: { 'content-encoding': 'gzip' } })],
    ['GZIP in capitals', () => ({ body: gzipSync(sound), headers: { 'content-encoding': 'GZIP' } })],
    [
      'chunked, without a length',
      () => ({ body: sound, headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } }),
    ],
    ['multipart/mixed', () => ({ body: sound, headers: { 'content-type': 'multipart/mixed; boundary=9f2c41d0b7aa' } })],
    [
      'a quoted boundary',
      () => ({ body: sound, headers: { 'content-type': 'multipart/form-data; boundary="9f2c41d0b7aa"' } }),
    ],
    [
      'charset before the boundary',
      () => ({ body: sound, headers: { 'content-type': 'multipart/form-data; charset=utf-8; boundary=9f2c41d0b7aa' } }),
    ],
    [
      'a type in capitals',
      () => ({ body: sound, headers: { 'content-type': 'Multipart/Form-Data; boundary=9f2c41d0b7aa' } }),
    ],
    [
      'a dump without a file name',
      () => ({
        body: form(...annotations, part('upload_file_minidump', dump, { type: 'application/octet-stream' })),
        headers: {},
      }),
    ],
    [
      'a dump without a type',
      () => ({ body: form(...annotations, part('upload_file_minidump', dump, { filename: 'a.dmp' })), headers: {} }),
    ],
    ['a report without a dump', () => ({ body: form(...annotations), headers: {} })],
    [
      'a dump of 0 bytes',
      () => ({
        body: form(
          ...annotations,
          part('upload_file_minidump', '', { filename: 'a.dmp', type: 'application/octet-stream' }),
        ),
        headers: {},
      }),
    ],
    [
      'annotations named __proto__ and constructor',
      () => ({ body: form(...annotations, part('__proto__', 'x'), part('constructor', 'y')), headers: {} }),
    ],
  ])('takes %s', async (_, make) => {
    const { intake, storage } = intakeOf();
    const { body, headers } = make();
    const { raw } = await storedOf(storage, (await post(intake, body, { headers })).text);
    expect(raw.annotations).toMatchObject({ ProductName: 'Demo', Version: '1.2.3' });
  });

  it.each([
    ['no_content_type', sound, { 'content-type': undefined }],
    ['wrong_content_type', Buffer.from('{}'), { 'content-type': 'application/json' }],
    ['no_boundary', sound, { 'content-type': 'multipart/form-data' }],
    ['no_boundary', sound, { 'content-type': 'multipart/form-data; boundary=' }],
    ['no_content_length', Buffer.alloc(0), {}],
    ['no_content_length', sound, { 'content-length': undefined }],
    ['no_content_length', sound, { 'content-length': 'foo' }],
    ['bad_gzip', sound, { 'content-encoding': 'gzip' }],
    ['invalid_payload_structure', Buffer.from('foobarbaz'), {}],
    ['invalid_payload_structure', sound.subarray(0, -2000), {}],
    ['no_annotations', form(dumpPart), {}],
    ['no_annotations', form(), {}],
    ['invalid_dump_name', form(...annotations, part('raw_crash', dump, { filename: 'a' })), {}],
    ['invalid_json', form(part('extra', '{"ProductName":"Demo\n"}', { filename: 'e', type: 'application/json' })), {}],
    [
      'invalid_json',
      form(part('extra', `{"A":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, { type: 'application/json' })),
      {},
    ],
    ['invalid_json', form(part('extra', Buffer.from('{"A":"\xde"}', 'latin1'), { type: 'application/json' })), {}],
    ['invalid_json_value', form(part('extra', '[1]', { filename: 'e', type: 'application/json' })), {}],
    ['no_annotations', form(part('extra', '{}', { filename: 'e', type: 'application/json' })), {}],
  ])('refuses with malformed_%s and stores nothing (case %#)', async (reason, body, headers) => {
    const { intake, storage, bus } = intakeOf();
    const { status, text } = await post(intake, body, { headers });
    expect([status, text]).toEqual([400, `Discarded=malformed_${reason}`]);
    expect(await storage.days()).toEqual([]);
    expect((await bus.queueStatus('crash.process.normal')).depth).toBe(0);
  });

  it('answers 413 by the length alone, and when a chunked body grows beyond the limit', async () => {
    const { intake } = intakeOf({ maxBodySize: 4000 });
    expect(await post(intake, sound)).toMatchObject({ status: 413 });
    const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };
    expect(await post(intake, sound, { headers: chunked })).toMatchObject({ status: 413 });
  });

  it('refuses more parts than configured', async () => {
    const { intake } = intakeOf({ maxParts: 10 });
    const body = form(...Array.from({ length: 11 }, (_, index) => part(`Key${index}`, '1')));
    expect((await post(intake, body)).text).toBe('Discarded=malformed_too_many_parts');
  });

  it('drops an annotation that is too large or not UTF-8, says so, and keeps the report', async () => {
    const { intake, storage } = intakeOf({ maxAnnotationSize: 1024 });
    const body = form(...annotations, part('Huge', 'x'.repeat(3000)), part('Odd', Buffer.from([0xde, 0xde])));
    const { raw } = await storedOf(storage, (await post(intake, body)).text);
    expect(raw.annotations).toEqual({ ProductName: 'Demo', Version: '1.2.3' });
    expect(raw.metadata.collector_notes).toEqual([
      'annotation Huge is larger than 1024 bytes and was dropped',
      'extract payload text part exception: an annotation is not UTF-8 and was dropped',
    ]);
  });

  it('lets a JSON part replace what came before and form annotations come on top', async () => {
    const { intake, storage } = intakeOf();
    const extra = part('extra', '{"ProductName":"Demo","Version":1,"A":null,"B":{"c":[1]},"C":true}', {
      type: 'application/json',
    });
    const { raw } = await storedOf(
      storage,
      (await post(intake, form(part('Lost', 'x'), extra, part('Kept', 'y')))).text,
    );
    expect(raw.annotations).toEqual({ ProductName: 'Demo', Version: 1, A: null, B: { c: [1] }, C: true, Kept: 'y' });
    expect(raw.metadata.payload).toBe('json');
    expect(raw.metadata.collector_notes).toEqual([
      'includes annotations in both json-encoded extra and formdata parts',
    ]);
  });

  it('keeps several dumps and attachments, the last of equal names, under clean names', async () => {
    const { intake, storage } = intakeOf();
    const body = form(
      ...annotations,
      dumpPart,
      part('upload_file_minidump', 'newer', { filename: 'b.dmp', type: 'application/octet-stream' }),
      part('upload_file_minidump_browser', 'second', { filename: 'c.dmp', type: 'application/octet-stream' }),
      part('../../etc/passwd', 'x', { filename: '../../x', type: 'text/plain' }),
      part('memory_report', 'gz', { filename: 'm.gz', type: 'application/gzip' }),
    );
    const { raw } = await storedOf(storage, (await post(intake, body)).text);
    expect(raw.parts.map(({ name, size }) => [name, size])).toEqual([
      ['upload_file_minidump', 5],
      ['upload_file_minidump_browser', 6],
      ['etcpasswd', 1],
      ['memory_report', 2],
    ]);
    expect(raw.metadata.collector_notes).toContain('unknown content type: memory_report application/gzip');
  });

  it('takes annotations of the query where the form has none', async () => {
    const { intake, storage } = intakeOf();
    const url = '/submit?product=Chrome_Linux&version=156.0&guid=a7545581&product=Second';
    const { raw } = await storedOf(
      storage,
      (await post(intake, form(part('prod', 'Chrome_Linux'), dumpPart), { url })).text,
    );
    expect(raw.annotations).toEqual({
      prod: 'Chrome_Linux',
      product: 'Chrome_Linux',
      version: '156.0',
      guid: 'a7545581',
    });
    expect(raw.metadata.identity).toMatchObject({ version: '156.0', install: 'key of Chrome_Linux a7545581' });
  });

  it("lists an Electron post under the app's own name and notes that sources disagree", async () => {
    const { intake, storage } = intakeOf();
    const url = '/submit?product=Electron&version=33.2.1&guid=g';
    const body = form(
      part('_productName', 'Paint'),
      part('_version', '4.5'),
      part('prod', 'Electron'),
      part('ver', '33.2.1'),
      part('ptype', 'renderer'),
      part('plat', 'Linux'),
      dumpPart,
    );
    const { raw } = await storedOf(storage, (await post(intake, body, { url })).text);
    expect(raw.metadata.identity).toMatchObject({
      product: 'Paint',
      version: '4.5',
      processType: 'renderer',
      platform: 'Linux',
    });
    expect(raw.metadata.collector_notes).toContain('product: _productName says "Paint", prod says "Electron"');
  });

  it('removes configured annotations before anything is stored, and says so', async () => {
    const { intake, storage } = intakeOf();
    const { raw } = await storedOf(storage, (await post(intake, form(...annotations, part('Email', 'a@b.c')))).text);
    expect(JSON.stringify(raw)).not.toContain('a@b.c');
    expect(raw.metadata.collector_notes).toEqual(['Removed Email from raw crash.']);
  });

  it("takes a submitter's own id only with its token", async () => {
    const { intake, storage } = intakeOf({ submitterToken: 'a-token-of-some-length' });
    const id = 'de1bb258-cbbf-4589-a673-34f800160918';
    const body = form(...annotations, part('uuid', id));
    expect(await post(intake, body)).toMatchObject({ status: 401, text: 'Discarded=unauthorized_uuid' });
    const headers = { authorization: 'Bearer a-token-of-some-length' };
    expect((await post(intake, body, { headers })).text).toBe(`CrashID=bp-${id}\n`);
    expect(await storage.rawCrash(id)).not.toBeNull();
    expect((await post(intake, body, { headers })).text).toBe('Discarded=malformed_invalid_uuid');
    const odd = form(...annotations, part('uuid', 'not-an-id'));
    expect((await post(intake, odd, { headers })).text).toBe('Discarded=malformed_invalid_uuid');
  });

  it('answers 503 and no id when the store fails', async () => {
    const { intake, storage } = intakeOf();
    intake.storage = Object.assign(Object.create(storage) as typeof storage, {
      openDraft: () => ({
        ...storage.openDraft(),
        commit: () => Promise.reject(new FaultlineError('Unavailable', 'STORAGE_FULL', 'The disk is full.')),
      }),
    });
    const { status, response } = await post(intake, sound);
    expect(status).toBe(503);
    expect(response.headers?.['retry-after']).toBe('30');
    expect(await storage.days()).toEqual([]);
  });

  it('answers the id when the work could not be published: the mark is durable', async () => {
    const { intake, storage } = intakeOf();
    intake.bus = Object.assign(Object.create(intake.bus) as typeof intake.bus, {
      publish: () => Promise.reject(new Error('bus is away')),
    });
    const { pending } = await storedOf(storage, (await post(intake, sound)).text);
    expect(pending?.state).toBe('pending');
  });
});

describe('a clock that jumps over midnight, and back', () => {
  it('gives each report an id of the day that its time says, and loses none', async () => {
    const { intake, storage, clock } = intakeOf();
    const noon = Date.UTC(2026, 10, 22, 12);
    const times = [noon, noon + 12 * 3_600_000, noon + 12 * 3_600_000 - 1, noon - 400 * 86_400_000, noon];
    const ids = new Set<string>();
    for (const time of times) {
      clock.setDate(time);
      const { raw, pending } = await storedOf(storage, (await post(intake, sound)).text);
      const day = raw.submittedTimestamp.slice(2, 10).replaceAll('-', '');
      expect([raw.submittedTimestamp, raw.crashId.slice(-6)]).toEqual([new Date(time).toISOString(), day]);
      expect(pending?.since).toBe(time);
      ids.add(raw.crashId);
    }
    expect(ids.size).toBe(times.length);
  });
});

describe('throttling', () => {
  it('rejects, defers and fakes by configured rules, the first verdict holding', async () => {
    const rules = [
      { id: 'old_build', when: [{ annotation: 'BuildID', olderThanDays: 730 }], verdict: 'reject' },
      { id: 'nightly', when: [{ annotation: 'ReleaseChannel', prefix: 'nightly' }], verdict: 'defer' },
      { id: 'noise', when: [{ annotation: 'Comments', matches: '(?i)test' }], verdict: 'fakeAccept' },
    ];
    const { intake, storage } = intakeOf({ throttle: { rules } });
    const send = (...extra: Buffer[]) => post(intake, form(...annotations, ...extra));
    expect((await send(part('BuildID', '20200101000000'))).text).toBe('Discarded=rule_old_build');
    expect((await send(part('Comments', 'just a TEST'))).text).toMatch(/^CrashID=bp-/);
    expect(await storage.days(), 'a fake accept stores nothing').toEqual([]);
    const deferred = await storedOf(storage, (await send(part('ReleaseChannel', 'nightly-x'))).text);
    expect(deferred.pending?.state).toBe('deferred');
    expect(deferred.raw.crashId.at(-7)).toBe('1');
    expect((await send(part('BuildID', '20261101000000'))).text).toMatch(/^CrashID=bp-/);
  });

  it('looks inside annotations that hold JSON, and samples by percentage', async () => {
    const rules = [
      { id: 'windows', when: [{ annotation: 'Env', path: 'system.os', equals: 'Windows' }], verdict: 'reject' },
      { id: 'sample', percent: 0, verdict: 'accept', otherwise: 'reject' },
    ];
    const { intake } = intakeOf({ throttle: { rules } });
    const env = part('Env', '{"system":{"os":"Windows"}}');
    expect((await post(intake, form(...annotations, env))).text).toBe('Discarded=rule_windows');
    expect((await post(intake, form(...annotations, part('Env', 'no json')))).text).toBe('Discarded=rule_sample');
  });

  it('takes only listed products, and asks the rules of plugins in their order', async () => {
    const byPlugin = { id: 'by_plugin', title: '', order: 1, decide: () => 'reject' as const };
    const { intake } = intakeOf({ throttle: { products: ['Demo'] } }, [byPlugin]);
    expect((await post(intake, form(part('ProductName', 'Other')))).text).toBe('Discarded=rule_unsupported_product');
    expect((await post(intake, sound)).text).toBe('Discarded=rule_by_plugin');
  });
});
