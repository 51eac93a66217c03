import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DumpDescription, walkJson, walkMinidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { smallDump, walkDescribed } from '../described-dump.js';

requireCorpus();

const shadowAddress = 0x6000_0f00n;

function withShadowStack(words: bigint[], hasAvxState = false): DumpDescription {
  const [thread] = smallDump.threads ?? [];
  if (thread === undefined) throw new Error('no thread');
  return {
    ...smallDump,
    os: 'Windows NT',
    threads: [{ ...thread, shadowStack: { pointer: shadowAddress, words, hasAvxState } }],
  };
}

describe('the shadow stack of an amd64 thread', () => {
  it.each([false, true])('confirms the frames whose return addresses stand on it (AVX state: %s)', async (avx) => {
    const result = await walkDescribed(withShadowStack([0x40_1234n, 0x40_9999n, 0x40_5678n], avx));
    expect(result.threads[0]?.frames.map(({ resumeAddress }) => resumeAddress)).toEqual([
      0x40_1000n,
      0x40_1234n,
      0x40_5678n,
    ]);
    expect(result.threads[0]?.shadowStack).toEqual({
      pointer: shadowAddress,
      returnAddresses: [0x40_1234n, 0x40_9999n, 0x40_5678n],
      confirmedFrames: [1, 2],
    });
  });

  it('confirms nothing out of order', async () => {
    const result = await walkDescribed(withShadowStack([0x40_5678n, 0x40_1234n]));
    expect(result.threads[0]?.shadowStack?.confirmedFrames).toEqual([1]);
  });

  it('is null where contexts have no XSAVE area, or memory has no stack there', async () => {
    expect((await walkDescribed(smallDump)).threads[0]?.shadowStack).toBeNull();
    expect((await walkDescribed(withShadowStack([]))).threads[0]?.shadowStack).toBeNull();
  });

  it.skipIf(!hasCorpus)('of a real dump names seven calls, all found among 27 scanned words', async () => {
    const source = bytesSource(readFileSync(corpusPath('breakpad/tiny-exe-with-cet-xsave.dmp')));
    const result = await walkMinidump({ source });
    const [thread] = result.threads;
    expect(thread?.frames).toHaveLength(28);
    expect(thread?.shadowStack?.confirmedFrames).toEqual([1, 2, 5, 9, 25, 26, 27]);
    expect(walkJson(result)['faultline']).toMatchObject({
      threads: [{ shadow_stack: { pointer: '0x000000cbc83fefc8', confirmed_frames: [1, 2, 5, 9, 25, 26, 27] } }],
    });
  });
});
