import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { mutate, randomFrom } from '../../../sdk/minidump/fuzz/mutate.js';
import { annotations, dumpPart, form, intakeOf, part, post, storedOf } from '../submit-post.js';

requireCorpus();

/** `FAULTLINE_FUZZ_SECONDS` makes it longer. */
const seconds = Number(process.env['FAULTLINE_FUZZ_SECONDS'] ?? 2);
/** However slow the machine is. */
const fewestCases = 100;

/** Every answer that the README documents for a post of its own. */
const documented =
  /^(200 CrashID=bp-[0-9a-f-]{36}\n|400 Discarded=malformed_[a-z_]+|401 Discarded=unauthorized_uuid|413 Discarded=too_large)$/;

interface Sample {
  body: Buffer;
  headers: Record<string, string>;
}

function captured(name: string): Sample {
  const request = JSON.parse(readFileSync(corpusPath('chromium', `${name}.request.json`), 'utf8')) as {
    h: Record<string, string>;
  };
  const headers = {
    'content-type': request.h['content-type'] ?? '',
    'content-encoding': request.h['content-encoding'] ?? '',
  };
  return { body: readFileSync(corpusPath('chromium', `${name}.body.gz`)), headers };
}

const extra = part('extra', '{"ProductName":"Demo","Version":"1","Deep":{"a":[1,null,true]}}', {
  filename: 'extra.json',
  type: 'application/json',
});

function samples(): Sample[] {
  const built = [form(...annotations, dumpPart), form(extra, dumpPart), form(...annotations)];
  const plain = built.map((body) => ({ body, headers: {} }));
  const packed = built.map((body) => ({ body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }));
  const real = hasCorpus ? [captured('crashpad-post-browser'), captured('crashpad-post-renderer')] : [];
  return [...plain, ...packed, ...real];
}

/** `slice` of a Buffer is a view of memory that others use. */
function damagedCopy(bytes: Buffer, seed: number): Buffer {
  return Buffer.from(mutate(Uint8Array.from(bytes), seed));
}

/** A damaged post has a documented answer, and is stored whole or not at all. */
async function postDamaged({ body, headers }: Sample, seed: number): Promise<string> {
  const { intake, storage } = intakeOf();
  const random = randomFrom(seed);
  const damagedHeaders: Record<string, string> = { ...headers };
  if (random() < 0.1) {
    const type = damagedHeaders['content-type'] ?? 'multipart/form-data; boundary=9f2c41d0b7aa';
    damagedHeaders['content-type'] = damagedCopy(Buffer.from(type), seed).toString('latin1');
  }
  const { status, text } = await post(intake, damagedCopy(body, seed), { headers: damagedHeaders });
  expect(`${status} ${text}`).toMatch(documented);
  const stored = (await storage.usage()).reduce((sum, { reports }) => sum + reports, 0);
  expect(stored).toBe(status === 200 ? 1 : 0);
  if (status !== 200) return text;
  const { raw } = await storedOf(storage, text);
  for (const { name, sha256, size } of raw.parts) {
    const kept = await storage.locatePart(raw.crashId, name);
    expect([
      kept?.bytes.byteLength,
      createHash('sha256')
        .update(kept?.bytes ?? '')
        .digest('hex'),
    ]).toEqual([size, sha256]);
  }
  return 'accepted';
}

describe('posts', () => {
  it(
    'that were damaged are answered as documented, and stored whole or not at all',
    async () => {
      const all = samples();
      const answers = new Map<string, number>();
      const end = performance.now() + seconds * 1000;
      for (let seed = 1; seed <= fewestCases || performance.now() < end; seed++) {
        const sample = all[seed % all.length];
        if (sample === undefined) continue;
        const answer = await postDamaged(sample, seed).catch((cause: unknown) => {
          throw new Error(`seed ${seed}`, { cause });
        });
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
      // Neither all refused nor all taken: else the damage is of the wrong kind.
      expect(answers.get('accepted')).toBeGreaterThan(0);
      expect(answers.size).toBeGreaterThan(3);
    },
    seconds * 1000 + 60_000,
  );

  it('keep every annotation and part as it was sent, whatever it is called and holds', async () => {
    const name = fc.stringMatching(/^[A-Za-z_][\w .:%-]{0,20}$/).filter((each) => each !== 'uuid' && each !== 'Email');
    const value = fc.string({ unit: 'grapheme', maxLength: 200 });
    const sent = fc.record({
      annotations: fc.dictionary(name, value, { minKeys: 1, maxKeys: 12 }),
      bytes: fc.uint8Array({ maxLength: 5000 }),
      isPacked: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(sent, async ({ annotations: given, bytes, isPacked }) => {
        const { intake, storage } = intakeOf();
        const parts = Object.entries(given).map(([key, text]) => part(key, text));
        const body = form(...parts, part('upload_file_minidump', bytes, { filename: 'a', type: 'application/x' }));
        const packed = isPacked ? gzipSync(body) : body;
        const headers = isPacked ? { 'content-encoding': 'gzip' } : {};
        const { raw } = await storedOf(storage, (await post(intake, packed, { headers })).text);
        expect(raw.annotations).toEqual({ ...given });
        const kept = await storage.locatePart(raw.crashId, 'upload_file_minidump');
        expect(Buffer.from(kept?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: Math.ceil(seconds * 40) },
    );
  });
});
