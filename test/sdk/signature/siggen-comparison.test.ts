import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  builtInListTexts,
  crashDataOfProcessed,
  generateSignature,
  parseSignatureLists,
  signatureListFiles,
  signatureListNames,
  socorroRuleset,
} from '@faultline/signature';
import type { CrashData, CrashDataInline, SignatureLists, SignatureListTexts } from '@faultline/signature';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath, requireCorpus } from '../../corpus.js';
import { collapseCppFunction, tidySpaces } from '../../../sdk/signature/src/names/cpp-function.js';
import { collapseRustFunction, dropRustHash } from '../../../sdk/signature/src/names/rust-function.js';
import { differences } from './siggen-differences.js';
import { askSiggen, findSiggen, siggenLists } from './siggen-peer.js';
import type { Question } from './siggen-peer.js';
import { writtenVectors } from './written-vectors.js';
import { cppName, crash, damaged, rustName, seeded, times } from './signature-vectors.js';

const python = findSiggen();
const seed = Number(process.env['FAULTLINE_SEED'] ?? 20261123);

/** Whether a listed difference can show in this vector. */
function mayDiffer(vector: unknown, withOtherLists: boolean): boolean {
  const text = JSON.stringify(vector);
  return differences.some(
    ({ construct, onlyWithOtherLists }) => (withOtherLists || onlyWithOtherLists !== true) && construct.test(text),
  );
}

/** The crash with a plain name for each function that a listed difference can show in. Names are compared on their own. */
function withoutDifferences(vector: CrashData): CrashData {
  const plain = <Call extends CrashDataInline>(call: Call): Call =>
    mayDiffer({ function: call.function }, false) ? { ...call, function: 'plain' } : call;
  const threads = vector.threads?.map((thread) => ({
    ...thread,
    frames: thread.frames?.map((frame) => ({ ...plain(frame), inlines: frame.inlines?.map(plain) })),
  }));
  return threads === undefined ? vector : { ...vector, threads };
}

function readLists(folder: string): SignatureLists {
  const read = (name: keyof SignatureListTexts) => readFileSync(path.join(folder, signatureListFiles[name]), 'utf8');
  return parseSignatureLists({
    irrelevant: read('irrelevant'),
    prefix: read('prefix'),
    sentinels: read('sentinels'),
    withLineNumbers: read('withLineNumbers'),
  });
}

describe.skipIf(python === null)('signatures compared with siggen', () => {
  const peer = python ?? '';
  let ourFolder = '';
  beforeAll(() => {
    ourFolder = mkdtempSync(path.join(os.tmpdir(), 'faultline-lists-'));
    cpSync(siggenLists(peer), ourFolder, { recursive: true });
    for (const name of signatureListNames) {
      writeFileSync(path.join(ourFolder, signatureListFiles[name]), builtInListTexts[name]);
    }
  });
  afterAll(() => rmSync(ourFolder, { recursive: true, force: true }));

  function compareNames(questions: Question[], ours: string[]): void {
    const answers = askSiggen(peer, null, questions);
    const wrong = questions
      .map((question, index) => ({ question, ours: ours[index], siggen: answers[index]?.result }))
      .filter((row) => row.ours !== row.siggen && !mayDiffer(row.question, false));
    expect(wrong).toEqual([]);
  }

  it('signs what is written by hand alike: constructs of compilers, variants, odd reports', () => {
    const answers = askSiggen(
      peer,
      siggenLists(peer),
      writtenVectors.map(([, signature]) => ({ signature })),
    );
    const lists = readLists(siggenLists(peer));
    const wrong = writtenVectors.flatMap(([what, vector], index) => {
      const ours = generateSignature(vector, lists, { rules: socorroRuleset });
      const siggen = answers[index]?.signature;
      return ours.signature === siggen || mayDiffer(vector, false) ? [] : [{ what, ours: ours.signature, siggen }];
    });
    expect(wrong).toEqual([]);
  });

  it('names C++ functions alike, damaged ones too', () => {
    const random = seeded(seed);
    const names = times(6000, () => (random() < 0.25 ? damaged(random, cppName(random)) : cppName(random)));
    compareNames(
      names.map((cpp) => ({ cpp, line: '7' })),
      names.map((name) => tidySpaces(collapseCppFunction(name))),
    );
  });

  it('names Rust functions alike, damaged ones too', () => {
    const random = seeded(seed + 1);
    const names = times(6000, () => (random() < 0.25 ? damaged(random, rustName(random)) : rustName(random)));
    compareNames(
      names.map((rust) => ({ rust, line: '7' })),
      names.map((name) => dropRustHash(tidySpaces(collapseRustFunction(name)))),
    );
  });

  it.each([
    ['the lists of siggen', 3000, false],
    ['our lists', 2000, true],
  ])('signs crashes alike with %s', (_, count, withOtherLists) => {
    const folder = withOtherLists ? ourFolder : siggenLists(peer);
    const lists = readLists(folder);
    const random = seeded(seed + count);
    const all = times(count, () => withoutDifferences(crash(random)));
    const vectors = all.filter((vector) => !mayDiffer(vector, withOtherLists));
    expect(vectors.length).toBeGreaterThan(count * 0.75);
    const answers = askSiggen(
      peer,
      folder,
      vectors.map((signature) => ({ signature })),
    );
    const wrong = vectors
      .map((vector, index) => ({
        vector,
        ours: generateSignature(vector, lists, { rules: socorroRuleset }),
        siggen: answers[index],
      }))
      .filter(
        ({ ours, siggen }) =>
          ours.signature !== siggen?.signature || ours.protoSignature !== (siggen.proto_signature ?? null),
      );
    expect(wrong).toEqual([]);
  });

  it.skipIf(!requireCorpus())(
    'signs the walked dumps of the corpus alike, from its own crash data and from ours',
    () => {
      const lists = readLists(siggenLists(peer));
      const files = readdirSync(corpusPath('rust-minidump-out')).filter((file) => file.endsWith('.json'));
      expect(files.length).toBeGreaterThan(30);
      const processed = files.map((file) => ({
        json_dump: JSON.parse(readFileSync(corpusPath('rust-minidump-out', file), 'utf8')) as unknown,
      }));
      const converted = askSiggen(
        peer,
        null,
        processed.map((convert) => ({ convert })),
      ).slice(0, -1);
      const answers = askSiggen(
        peer,
        null,
        converted.map(({ result }) => ({ signature: result as never })),
      );
      for (const [index, file] of files.entries()) {
        const options = { rules: socorroRuleset };
        const ours = generateSignature(crashDataOfProcessed(processed[index] ?? {}), lists, options);
        const fromPeerData = generateSignature(converted[index]?.result as never, lists, options);
        expect([file, ours.signature, ours.protoSignature]).toEqual([
          file,
          answers[index]?.signature,
          answers[index]?.proto_signature ?? null,
        ]);
        expect(fromPeerData.signature).toBe(ours.signature);
      }
    },
  );

  it.skipIf(!requireCorpus())("gives Socorro's own signatures for its processed crashes", () => {
    const lists = readLists(siggenLists(peer));
    const files = readdirSync(corpusPath('socorro-rules')).filter((file) => file.endsWith('.processed.json'));
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const golden = JSON.parse(readFileSync(corpusPath('socorro-rules', file), 'utf8')) as Record<string, unknown>;
      const dump = golden['json_dump'];
      if (typeof dump === 'string') {
        golden['json_dump'] = JSON.parse(readFileSync(corpusPath(dump.replace(/^see /, '')), 'utf8')) as unknown;
      }
      const { signature, protoSignature } = generateSignature(crashDataOfProcessed(golden), lists, {
        rules: socorroRuleset,
      });
      expect([file, signature, protoSignature]).toEqual([file, golden['signature'], golden['proto_signature'] ?? null]);
    }
  });
});
