import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { annotations, dump, dumpPart, form, intakeOf, part, post, storedOf } from './submit-post.js';

const octets = 'application/octet-stream';
const json = { filename: 'extra.json', type: 'application/json' };
const structure = '400 Discarded=malformed_invalid_payload_structure';
const sound = form(...annotations, dumpPart);

async function answer(body: Buffer, options: Parameters<typeof post>[2] = {}, config: object = {}) {
  const { intake, storage } = intakeOf(config);
  const { status, text } = await post(intake, body, options);
  const stored = (await storage.usage()).reduce((sum, { reports }) => sum + reports, 0);
  return { said: `${status} ${text}`, stored, storage, text };
}

/** Documented answers to the posts of issue "bad input"; nothing of them is stored. */
const refused: [string, string, () => Buffer, Parameters<typeof post>[2]?, object?][] = [
  ['a body that stops halfway', structure, () => sound.subarray(0, sound.length / 2)],
  ['a part without an end', structure, () => sound.subarray(0, -20)],
  ['a name of 10 MB', structure, () => form(part('N'.repeat(10_000_000), 'v'), ...annotations)],
  ['a file name of 10 MB', structure, () => form(part('d', dump, { filename: 'f'.repeat(10_000_000), type: octets }))],
  ['a flood of headers in a part', structure, () => headerFlood()],
  ['100,000 annotations', '400 Discarded=malformed_too_many_parts', () => many(100_000)],
  ['100,000 parts without a name', '400 Discarded=malformed_too_many_parts', () => nameless(100_000)],
  [
    'JSON 1,000 levels deep',
    '400 Discarded=malformed_invalid_json',
    () => form(part('extra', `{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, json)),
  ],
  ['JSON that is not UTF-8', '400 Discarded=malformed_invalid_json', () => form(part('extra', badText, json))],
  ['a forged uuid without a token', '401 Discarded=unauthorized_uuid', () => form(...annotations, part('uuid', anId))],
  [
    'a forged uuid with a wrong token',
    '401 Discarded=unauthorized_uuid',
    () => form(...annotations, part('uuid', anId)),
    { headers: { authorization: 'Bearer another-token-than-that' } },
    { submitterToken: 'the-token-of-the-submitter' },
  ],
  [
    'a gzip bomb, by its ratio',
    '413 Discarded=too_large',
    () => gzipSync(form(...annotations, part('d', Buffer.alloc(40_000_000), { filename: 'd', type: octets }))),
    { headers: { 'content-encoding': 'gzip' } },
  ],
  [
    'a gzip bomb, by its size',
    '413 Discarded=too_large',
    () => gzipSync(form(...annotations, part('d', Buffer.alloc(3_000_000), { filename: 'd', type: octets }))),
    { headers: { 'content-encoding': 'gzip' } },
    { maxUnpackedSize: 2_000_000 },
  ],
];

const anId = '0bba929f-8721-460c-8e70-a43c90261122';
const badText = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);

function headerFlood(): Buffer {
  const lines = Array.from({ length: 1000 }, (_, index) => `X-Header-${index}: value\r\n`).join('');
  const head = `--9f2c41d0b7aa\r\nContent-Disposition: form-data; name="a"\r\n${lines}\r\nv\r\n`;
  return Buffer.concat([Buffer.from(head), form(...annotations)]);
}

function many(count: number): Buffer {
  return form(...Array.from({ length: count }, (_, index) => part(`Key${index}`, '1')));
}

function nameless(count: number): Buffer {
  const one = Buffer.from('--9f2c41d0b7aa\r\nContent-Disposition: form-data\r\n\r\nx\r\n');
  return form(...Array.from({ length: count }, () => one));
}

describe('hostile posts', () => {
  it.each(refused)('%s: %s, and nothing is stored', async (_, said, body, options = {}, config = {}) => {
    expect(await answer(body(), options, config)).toMatchObject({ said, stored: 0 });
  });

  it.each([
    ['a path', '../../etc/passwd', 'etcpasswd'],
    ['NUL', 'up\0load', 'upload'],
    ['nothing but dots', '../..', 'upload_file_minidump'],
  ])('a part whose name is %s is kept under a clean name', async (_, name, kept) => {
    const { said, storage, text } = await answer(
      form(...annotations, part(name, dump, { filename: name, type: octets })),
    );
    expect(said).toMatch(/^200 CrashID/);
    expect((await storedOf(storage, text)).raw.parts.map((each) => each.name)).toEqual([kept]);
  });

  it('an id that exists is refused, and the first report stays as it is', async () => {
    const token = 'the-token-of-the-submitter';
    const { intake, storage } = intakeOf({ submitterToken: token });
    const headers = { authorization: `Bearer ${token}` };
    const first = form(part('ProductName', 'First'), part('uuid', anId));
    expect((await post(intake, first, { headers })).text).toBe(`CrashID=bp-${anId}\n`);
    const second = form(part('ProductName', 'Second'), part('uuid', anId));
    expect((await post(intake, second, { headers })).text).toBe('Discarded=malformed_invalid_uuid');
    expect((await storage.rawCrash(anId))?.annotations).toEqual({ ProductName: 'First' });
  });

  it('an annotation that is not UTF-8 is dropped with a note, and the report is kept', async () => {
    const { storage, text } = await answer(form(...annotations, part('Bad', badText)));
    const { raw } = await storedOf(storage, text);
    expect(Object.keys(raw.annotations)).toEqual(['ProductName', 'Version']);
    expect(raw.metadata.collector_notes).toHaveLength(1);
  });

  it('hold no more memory than the limits say, while they are read', async () => {
    const { intake } = intakeOf();
    const held: number[] = [];
    const watch = setInterval(() => held.push(intake.budget.held), 1);
    await Promise.all(Array.from({ length: 10 }, () => post(intake, many(20_000))));
    clearInterval(watch);
    expect(Math.max(0, ...held)).toBeLessThan(intake.config.bodiesInFlight);
    expect(intake.budget.held).toBe(0);
  });
});
