import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { walkDump } from '../../../plugins/stackwalk/src/child/walk-dump.js';
import { knownFacts } from '../../../plugins/stackwalk/src/child/known-facts.js';
import { corpusPath, requireCorpus } from '../../corpus.js';
import { claimTwoGigabytes } from '../../hostile-dump.js';

const symbolSources = pathToFileURL(path.resolve('plugins/symbols/src/sources.ts')).href;
const request = (dump: { path: string } | { bytes: Uint8Array }) => ({
  job: 3,
  dump,
  sources: [],
  evil: null,
  timeBudget: 60_000,
});

interface Frame {
  function: string | null;
  file: string | null;
  line: number | null;
  trust: string;
  inlines: { function: string }[] | null;
}

describe('walkDump', () => {
  it.each([
    ['random bytes', new Uint8Array(5000).map((_, index) => (index * 197 + 13) % 256), 'HeaderMismatch'],
    ['five bytes', new Uint8Array(5), 'MinidumpReadError'],
    ['a 200-byte dump whose stream claims 2 GB', claimTwoGigabytes(), 'MissingSystemInfo'],
  ])('gives %s a status of its own', async (_, bytes, status) => {
    expect(await walkDump(request({ bytes }), '1')).toMatchObject({ job: 3, ok: false, status });
  });

  it('says so when the file is gone', async () => {
    expect(await walkDump(request({ path: '/no/such/dump' }), '1')).toMatchObject({
      ok: false,
      status: 'UnknownError',
    });
  });
});

describe.skipIf(!requireCorpus())('walkDump with symbols', () => {
  it('finds crashy::decode::decode_job with its four inlined callees', async () => {
    const source = { module: symbolSources, options: { paths: [corpusPath('own/symbols')] } };
    const reply = await walkDump({ ...request({ path: corpusPath('own/crashy.dmp') }), sources: [source] }, '1');
    if (!reply.ok) throw new Error(reply.message);
    const [top] = (JSON.parse(reply.json) as { crashing_thread: { frames: Frame[] } }).crashing_thread.frames;
    expect(top).toMatchObject({
      function: 'crashy::decode::decode_job',
      file: '/build/crashy/src/decode.rs',
      line: 9,
      trust: 'context',
    });
    expect(top?.inlines?.map((call) => call.function)).toEqual([
      'core::ptr::write_volatile',
      'core::ptr::mut_ptr::<impl *mut T>::write_volatile',
      'crashy::pixel::store',
      'crashy::surface::Surface::blit_row',
    ]);
  });
});

describe('knownFacts', () => {
  it('turns certificates around, as object or as text, and leaves nonsense out', () => {
    const signatures = { 'Acme Ltd': ['a.dll', 'b.dll'], Odd: 'c.dll' };
    for (const ModuleSignatureInfo of [signatures, JSON.stringify(signatures)]) {
      expect(knownFacts({ ModuleSignatureInfo, CPUMicrocodeVersion: '0x2b' })).toEqual({
        certificates: new Map([
          ['a.dll', 'Acme Ltd'],
          ['b.dll', 'Acme Ltd'],
        ]),
        microcodeVersion: '0x2b',
      });
    }
    expect(knownFacts({ ModuleSignatureInfo: '{' })).toEqual({ certificates: new Map() });
    expect(knownFacts(null)).toEqual({});
  });
});
