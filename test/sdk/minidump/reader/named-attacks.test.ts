import { describe, expect, it } from 'vitest';
import { humanText, Minidump, processMemory, walkJsonText, walkMinidump, writeMinidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { openSymbolText } from '@faultline/symbols';
import { smallDump, walkDescribed } from '../described-dump.js';
import { walkText } from '../unwind/text-stack.js';

const base = 0x40_0000n;
const encode = (text: string) => new TextEncoder().encode(text);

/** What hostile-dumps.test.ts, hostile-stacks.test.ts and hostile-symbols.test.ts leave of the attacks known in the field. */
describe('an attack known in the field', () => {
  it('threads whose contexts and stacks are one another: each is walked by what it says', async () => {
    const bytes = await writeMinidump({
      ...smallDump,
      threads: [1, 2].flatMap((id) => (smallDump.threads ?? []).map((thread) => ({ ...thread, id }))),
    });
    const view = new DataView(bytes.buffer);
    const dump = await Minidump.open(bytesSource(bytes));
    const list = dump.streams.find(({ type }) => type === 3);
    if (list === undefined) throw new Error('no threads');
    // The second thread's context and stack are those of the first; the stack of the first is its context.
    const [first, second] = [list.rva + 4, list.rva + 52];
    for (const offset of [32, 36, 40, 44]) view.setUint32(second + offset, view.getUint32(first + offset, true), true);
    for (const offset of [0, 4]) view.setUint32(first + 32 + offset, view.getUint32(first + 40 + offset, true), true);
    const { threads, problems } = await walkMinidump({ source: bytesSource(bytes) });
    expect(threads.map(({ frames }) => frames.length > 0)).toEqual([true, true]);
    expect(threads[1]?.frames).toHaveLength(3);
    expect(problems).toEqual([]);
  });

  it('full memory whose contents begin near 2^64: the stream is refused, the rest is read', async () => {
    const stream = BigUint64Array.of(1n, 0xffff_ffff_ffff_fff0n, 0x7fff_0000n, 0x1000n);
    const dump = { ...smallDump, rawStreams: [{ type: 9, bytes: new Uint8Array(stream.buffer) }] };
    const result = await walkDescribed(dump);
    expect(result.problems).toMatchObject([{ stream: 'Memory64List', code: 'MINIDUMP_TRUNCATED' }]);
    expect(result.threads[0]?.frames).toHaveLength(3);
  });

  it('full memory whose ranges lie around 2^64: what wraps is dropped', async () => {
    const dump = {
      ...smallDump,
      memory64: [
        { start: 0xffff_ffff_ffff_f000n, contents: { size: 0x2000 } },
        { start: 0x1000n, contents: Uint8Array.of(1, 2, 3, 4) },
      ],
    };
    const opened = await Minidump.open(bytesSource(await writeMinidump(dump)));
    const memory = await processMemory(opened);
    expect(memory.ranges.map(({ start }) => start)).toEqual([0x1000n]);
    expect(await memory.readNumber(0x1000n, 4)).toBe(0x0403_0201n);
    expect(opened.problems).toMatchObject([{ code: 'BAD_MEMORY_RANGE' }]);
  });

  it('mappings that end before they begin: no region, and the count stays that of the lines', async () => {
    const maps = '00410000-00400000 r-xp 0 00:00 0 /bin/app\n00400000-00400000 r-xp 0 00:00 0 empty\n';
    const result = await walkDescribed({ ...smallDump, linux: { maps } });
    expect(result.dump.regions).toEqual([]);
    expect(result.dump.facts.linuxMapCount).toBe(2);
  });

  it('a STACK WIN program that refers to itself: its variable is unknown, and the frame pointer is tried', async () => {
    const program = '$T0 $T0 = $eip $T0 ^ = $esp $T0 4 + =';
    const { frames } = await walkText({
      cpu: 'x86',
      modules: [{ base, symbols: `STACK WIN 4 1000 100 0 0 0 0 0 0 1 ${program}` }],
      registers: { eip: base + 0x1010n, esp: '@sp', ebp: '@fp' },
      stack: `
        sp: 0
        fp: 0
            0x401050`,
    });
    expect(frames[1]?.evidence.tried).toMatchObject([
      { method: 'cfi', outcome: 'failed', reason: 'STACK WIN: an unknown variable is used' },
      { method: 'frame_pointer', outcome: 'used' },
    ]);
  });

  it.each(['$eip $esp 0 @ ^ = $esp $esp 4 + =', '$eip $esp 3 @ ^ = $esp $esp 4 + =', '$eip $esp 0 / ='])(
    'the STACK WIN program %s, which aligns to no power of two or divides by 0: it fails',
    async (program) => {
      const { summary } = await walkText({
        cpu: 'x86',
        modules: [{ base, symbols: `STACK WIN 4 1000 100 0 0 0 0 0 0 1 ${program}` }],
        registers: { eip: base + 0x1010n, esp: '@sp', ebp: 1n },
        stack: 'sp: 0',
      });
      expect(summary.tried[0]).toMatchObject({ method: 'cfi', outcome: 'failed' });
    },
  );

  it('an arm64 stack pointer that never moves: the walk ends', async () => {
    const { frames } = await walkText({
      cpu: 'arm64',
      modules: [{ base, symbols: 'STACK CFI INIT 1000 2000 .cfa: sp .ra: x30' }],
      registers: { pc: base + 0x1010n, sp: '@sp', lr: base + 0x1010n, fp: 0n },
      stack: 'sp: 0',
    });
    expect(frames.length).toBeLessThan(3);
  });

  it('a symbol file that repeats FILE ids, and has blank lines behind CFI: the last id counts, nothing is lost', async () => {
    const text =
      'MODULE Linux x86_64 0 app\nFILE 1 first.c\nFILE 1 last.c\nFUNC 1000 10 0 f\n1000 10 7 1\n' +
      'STACK CFI INIT 1000 10 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n\n\nSTACK CFI 1001 .cfa: $rsp 16 +\n\n';
    const symbols = await openSymbolText(encode(text), 'app');
    expect(await symbols.symbolize(0x1000)).toMatchObject({ function: 'f', file: 'last.c', line: 7 });
    expect((await symbols.cfiAt(0x1002))?.rows).toHaveLength(2);
  });

  it('markup and scripts as names: they stay text, whole in the JSON', async () => {
    const name = '/bin/<img src=x onerror=alert(1)>"\'&\u0007';
    const result = await walkDescribed({ ...smallDump, modules: [{ base, size: 0x1_0000, name }] });
    expect(JSON.parse(walkJsonText(result))).toMatchObject({
      modules: [{ filename: '<img src=x onerror=alert(1)>"\'&\u0007' }],
    });
    expect(humanText(result)).toContain('<img src=x onerror=alert(1)>"\'&\\u{7}');
  });
});
