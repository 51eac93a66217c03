import { describe, expect, it } from 'vitest';
import { Minidump, processMemory, walkMinidump, writeMinidumpSource } from '@faultline/minidump';
import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { smallDump } from '../described-dump.js';

const gigabyte = 1 << 30;

/** Counts what is read. */
function counting(source: RandomAccessSource) {
  const counted = { size: source.size, bytes: 0, reads: 0, read: source.read.bind(source) };
  counted.read = (offset, length, signal) => {
    counted.bytes += length;
    counted.reads += 1;
    return source.read(offset, length, signal);
  };
  return counted;
}

/** A full dump of more than 4 GiB, whose stack is in the middle of sparse memory. */
function fullDump() {
  const stack = 0x7000_0000_0000n;
  const registers = { rip: 0x40_1000n, rsp: stack + 0x8000_0000n, rbp: stack + 0x8000_0010n };
  const fill = (into: Uint8Array, offset: number) => {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    const put = (at: number, value: bigint) => {
      if (at >= offset && at + 8 <= offset + into.byteLength) view.setBigUint64(at - offset, value, true);
    };
    put(0x8000_0010, stack + 0x8000_0040n);
    put(0x8000_0018, 0x40_1234n);
  };
  const dump = writeMinidumpSource({
    ...smallDump,
    threads: [{ id: 1, registers, stack: { start: stack, isElsewhere: true } }],
    exception: { threadId: 1, code: 11, flags: 1, registers },
    memory64: [
      { start: 0x10_0000n, contents: { size: 2 * gigabyte } },
      { start: stack, contents: { size: 3 * gigabyte, fill } },
    ],
  });
  return counting(dump);
}

describe('a dump of more than 4 GiB', () => {
  it('is opened by reading less than a megabyte', async () => {
    const source = fullDump();
    const dump = await Minidump.open(source);
    const memory = await processMemory(dump);
    expect(source.size).toBeGreaterThan(5 * gigabyte);
    expect(memory.ranges).toHaveLength(2);
    expect(source.bytes).toBeLessThan(1 << 20);
  });

  it('is walked by reading the stack, and no more of it than the limit', async () => {
    const source = fullDump();
    const result = await walkMinidump({ source, limits: { dump: { stackBytes: 1 << 20 } } });
    const [thread] = result.threads;
    expect(thread?.frames.map(({ trust }) => trust).slice(0, 2)).toEqual(['context', 'frame_pointer']);
    expect(thread?.frames[1]?.resumeAddress).toBe(0x40_1234n);
    expect(source.bytes).toBeLessThan(3 << 20);
    expect(result.problems.map(({ code }) => code)).toEqual(['LIMIT_REACHED']);
  });

  it('reads memory from its far end', async () => {
    const dump = await Minidump.open(fullDump());
    const memory = await processMemory(dump);
    expect(await memory.readNumber(0x7000_8000_0018n, 8)).toBe(0x40_1234n);
    expect(await memory.readNumber(0x7000_0000_0000n + 3n * BigInt(gigabyte) - 4n, 8)).toBeNull();
  });
});

describe('reading by range', () => {
  it('gives the same result as reading the whole, page borders included', async () => {
    const modules = Array.from({ length: 3000 }, (_, index) => ({
      base: BigInt(index + 1) << 20n,
      size: 0x1000,
      name: `/lib/module-${index}-${'x'.repeat(index % 97)}.so`,
      codeView: { kind: 'elf' as const, buildId: index.toString(16).padStart(40, '1') },
    }));
    const source = writeMinidumpSource({ ...smallDump, modules });
    const whole = await walkMinidump({ source });
    const ranged = await walkMinidump({ source, limits: { dump: { wholeFileBytes: 0 } } });
    expect(source.size).toBeGreaterThan(10 * 65_536);
    expect(ranged.dump.modules).toEqual(whole.dump.modules);
    expect(ranged.threads).toEqual(whole.threads);
  });

  it('says so when the source gives fewer bytes than it has', async () => {
    const source = writeMinidumpSource(smallDump);
    const short = { size: source.size + 4096, read: (offset: number, length: number) => source.read(offset, length) };
    await expect(walkMinidump({ source: short })).rejects.toMatchObject({ code: 'MINIDUMP_SHORT_READ' });
  });

  it('stops when it is aborted', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(walkMinidump({ source: writeMinidumpSource(smallDump), signal: aborted })).rejects.toThrow('enough');
  });
});
