import { describe, expect, it } from 'vitest';
import { type DumpDescription, walkJson } from '@faultline/minidump';
import { smallDump, walkDescribed } from '../described-dump.js';

const code = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** Of each thread, what stands under `faultline` of its frames. */
async function framesOf(dump: DumpDescription): Promise<Record<string, unknown>[][]> {
  const { threads } = walkJson(await walkDescribed(dump))['faultline'] as {
    threads: { frames: Record<string, unknown>[] }[];
  };
  return threads.map(({ frames }) => frames);
}

describe('the frames of the thread that crashed', () => {
  const memory = [
    // mov rbp, rsp; mov dword [rax], -1; ret
    { start: 0x40_0ffdn, contents: code('4889e5c700ffffffffc3') },
    // call +0xffb, the last bytes that the dump holds there
    { start: 0x40_122fn, contents: code('e8fb0f0000') },
  ];

  it('have the code around them, as far as the dump holds it', async () => {
    const [frames = []] = await framesOf({ ...smallDump, memory });
    expect(frames.map((frame) => frame['code'])).toEqual([
      [
        { address: '0x0000000000400ffd', bytes: '4889e5', text: 'mov rbp, rsp' },
        { address: '0x0000000000401000', bytes: 'c700ffffffff', is_current: true, text: 'mov dword [rax], -0x1' },
        { address: '0x0000000000401006', bytes: 'c3', text: 'ret' },
      ],
      [
        {
          address: '0x000000000040122f',
          bytes: 'e8fb0f0000',
          is_current: true,
          target: '0x000000000040222f',
          text: 'call $+0xffb',
        },
      ],
      undefined,
    ]);
  });

  it('have a caller’s registers as far as they were recovered, in their own width', async () => {
    const [frames = []] = await framesOf(smallDump);
    expect(frames.map((frame) => frame['registers'])).toEqual([
      undefined,
      { rbp: '0x000000007fff0030', rip: '0x0000000000401234', rsp: '0x000000007fff0020' },
      expect.objectContaining({ rip: '0x0000000000405678', rsp: '0x000000007fff0040' }),
    ]);
  });

  it('have neither beyond those that a person reads, and other threads have none', async () => {
    const words = Array.from({ length: 60 }, (_, at) => [0x7fff_0000n + BigInt(at + 1) * 16n, 0x40_1234n]).flat();
    const [first] = smallDump.threads ?? [];
    if (first === undefined) throw new Error('no thread');
    const registers = { rip: 0x40_1234n, rsp: 0x7fff_0000n, rbp: 0x7fff_0000n };
    const deep = { ...first, registers, stack: { start: 0x7fff_0000n, words } };
    const [frames = [], others = []] = await framesOf({
      ...smallDump,
      memory,
      threads: [deep, { ...deep, id: 2, stack: { start: 0x6fff_0000n, words } }],
      exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers },
    });
    expect(frames.length).toBeGreaterThan(40);
    expect(frames.filter((frame) => frame['code'] !== undefined)).toHaveLength(31);
    expect(frames.filter((frame) => frame['registers'] !== undefined)).toHaveLength(31);
    expect(others.length).toBeGreaterThan(0);
    expect(others.some((frame) => 'code' in frame || 'registers' in frame)).toBe(false);
  });

  it('have no code outside of modules, where anything may stand', async () => {
    const registers = { rip: 0x50_0000n, rsp: 0x7fff_0000n, rbp: 0x7fff_0010n };
    const [frames = []] = await framesOf({
      ...smallDump,
      memory: [{ start: 0x50_0000n, contents: code('9090c3') }],
      exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers },
    });
    expect(frames[0]?.['resume_address']).toBe('0x0000000000500000');
    expect(frames[0]).not.toHaveProperty('code');
  });
});
