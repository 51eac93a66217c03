import { describe, expect, it } from 'vitest';
import type { DumpDescription } from '@faultline/minidump';
import { frameWords } from '../../../desktop/renderer/src/local/memory/frame-words.js';
import { addressSpace } from '../../../desktop/renderer/src/local/memory/pointer-meaning.js';
import { smallDump, walkDescribed } from '../../sdk/minidump/described-dump.js';

async function wordsOf(dump: DumpDescription, frame: number, thread = 0) {
  return frameWords(addressSpace(await walkDescribed(dump)), { thread, frame });
}

describe('the words that a frame keeps on the stack', () => {
  it('go up to the stack pointer of its caller, with what each points to', async () => {
    const { total, words } = await wordsOf(smallDump, 0);
    expect(total).toBe(4);
    expect(words.map(({ offset, value, returnsTo, meaning }) => [offset, value, meaning.kind, returnsTo])).toEqual([
      [0, '0x0', 'null', null],
      [8, '0x0', 'null', null],
      [16, '0x7fff0030', 'stack', null],
      [24, '0x401234', 'module', 1],
    ]);
    expect(words[0]?.address).toBe('0x7fff0000');
    expect(words[3]?.meaning).toMatchObject({ name: 'app', offset: '0x1234' });
  });

  it('go up to the end of the stack for the last frame, 64 of them at most', async () => {
    const [thread] = smallDump.threads ?? [];
    if (thread === undefined) throw new Error('no thread');
    const words = Array.from({ length: 500 }, (_, at) => BigInt(at));
    const stack = { start: 0x7fff_0000n, words };
    const long = await wordsOf({ ...smallDump, threads: [{ ...thread, stack }] }, 0);
    expect([long.total, long.words.length, long.words.at(-1)?.value]).toEqual([500, 64, '0x3f']);
  });

  it('are four bytes wide on a 32-bit CPU, in the byte order of the dump', async () => {
    const registers = { eip: 0x40_1000n, esp: 0x7fff_0000n, ebp: 0x7fff_0004n };
    const { total, words } = await wordsOf(
      {
        ...smallDump,
        cpu: 'x86',
        threads: [{ id: 1, registers, stack: { start: 0x7fff_0000n, words: [7, 0, 0x40_1234n, 0] } }],
        exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers },
      },
      0,
    );
    expect(total).toBe(3);
    expect(words.map(({ offset, value }) => [offset, value])).toEqual([
      [0, '0x7'],
      [4, '0x0'],
      [8, '0x401234'],
    ]);
  });

  it('are none of a frame that is not there, or whose stack the dump does not hold', async () => {
    expect(await wordsOf(smallDump, 99)).toEqual({ total: 0, words: [] });
    expect(await wordsOf(smallDump, 0, 7)).toEqual({ total: 0, words: [] });
    const registers = { rip: 0x40_1000n, rsp: 0x1000n };
    const elsewhere = { ...smallDump, exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers } };
    expect((await wordsOf(elsewhere, 0)).words).toEqual([]);
  });
});
