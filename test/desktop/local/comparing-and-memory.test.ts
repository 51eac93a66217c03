import { describe, expect, it } from 'vitest';
import { alignFrames } from '../../../desktop/renderer/src/local/compare/align-frames.js';
import { moduleDifferences, registerDifferences } from '../../../desktop/renderer/src/local/compare/differences.js';
import {
  hexRow,
  parseAddress,
  searchPattern,
  windowAround,
} from '../../../desktop/renderer/src/local/memory/hex-rows.js';
import { nextSteps } from '../../../desktop/renderer/src/local/next-steps.js';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';

function stackOf(calls: string[], more: object = {}) {
  const frames = calls.map((call, frame) => ({
    frame,
    module: 'app',
    function: call,
    trust: 'cfi',
    ...(frame === 0 ? { registers: { rip: '0x10', rax: `0x${calls.length}` } } : {}),
  }));
  const stack = readStackReport({ crash_info: { crashing_thread: 0 }, threads: [{ frames }], modules: [], ...more });
  if (stack === null) throw new Error('no stack');
  return stack;
}
const framesOf = (calls: string[]) => stackOf(calls).threads[0]?.frames ?? [];
const drawn = (left: string[], right: string[]) =>
  alignFrames(framesOf(left), framesOf(right)).map(
    ({ left: ours, right: theirs, isSame }) =>
      `${ours?.function ?? '-'}${isSame ? '=' : '|'}${theirs?.function ?? '-'}`,
  );

describe('two stacks side by side', () => {
  it('line up at the calls they have in common', () => {
    expect(drawn(['crash', 'b', 'c', 'main'], ['abort', 'b', 'x', 'c', 'main'])).toEqual([
      'crash|-',
      '-|abort',
      'b=b',
      '-|x',
      'c=c',
      'main=main',
    ]);
    expect(drawn([], ['a'])).toEqual(['-|a']);
    expect(drawn(['a', 'a', 'a'], ['a', 'a'])).toEqual(['a=a', 'a=a', 'a|-']);
  });

  it('are bounded: two endless recursions don’t take forever', () => {
    const endless = Array<string>(5000).fill('again');
    expect(drawn(endless, endless)).toHaveLength(1000);
  });

  it('differ in registers and modules by name', () => {
    const left = stackOf(['a'], {
      modules: [
        { filename: 'x', version: '1', debug_id: 'A' },
        { filename: 'only', version: '2' },
      ],
    });
    const right = stackOf(['a', 'b'], { modules: [{ filename: 'x', version: '1', debug_id: 'B' }] });
    expect(registerDifferences(left, right)).toEqual([{ name: 'rax', left: '0x1', right: '0x2' }]);
    expect(moduleDifferences(left, right)).toEqual([
      { name: 'x', left: '1 · A', right: '1 · B' },
      { name: 'only', left: '2', right: '' },
    ]);
  });
});

describe('memory', () => {
  it('is shown in rows of sixteen, what the dump lacks as dots', () => {
    const row = hexRow(0x1000n, (address) => (address < 0x1002n ? 0x41 : address === 0x1002n ? 0 : null));
    expect(row.bytes.slice(0, 4)).toEqual(['41', '41', '00', '··']);
    expect(row.text.slice(0, 4)).toBe('AA. ');
  });

  it('is shown a window at a time, also of a region at the end of the address space', () => {
    const region = { start: 0xffff_ffff_0000_0000n, end: 2n ** 64n };
    expect(windowAround(region, 0xffff_ffff_0000_0008n)).toEqual({ start: region.start, rows: 65_536 });
    expect(windowAround(region, 2n ** 64n - 1n).start).toBe(2n ** 64n - 0x10_0000n);
    expect(windowAround({ start: 0x1008n, end: 0x1020n }, 0x1010n)).toEqual({ start: 0x1000n, rows: 2 });
  });

  it('is gone to and searched as people write addresses and bytes', () => {
    expect(parseAddress(' 0x7FFF`00001234 ')).toBe(0x7fff00001234n);
    expect([parseAddress(''), parseAddress('0x'), parseAddress('xyz'), parseAddress('1'.repeat(17))]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([...(searchPattern('hex: de AD') ?? [])]).toEqual([0xde, 0xad]);
    expect([searchPattern('hex: d'), searchPattern('')]).toEqual([null, null]);
    expect(new TextDecoder().decode(searchPattern('häx') ?? new Uint8Array())).toBe('häx');
  });
});

describe('what could be done next', () => {
  it('is to give symbols of the modules on the crashing stack, in its order', () => {
    const stack = stackOf(['', 'named', ''], { crash_info: { crashing_thread: 0 } });
    expect(nextSteps({ stack, state: 'done' })).toMatchObject({
      lacking: ['app'],
      lackingElsewhere: 0,
      hasNoCrash: false,
    });
    expect(nextSteps({ stack, state: 'walking' }).lacking).toEqual([]);
    const quiet = readStackReport({
      crash_info: {},
      threads: [],
      faultline: { problems: [{ stream: 's', code: 'C', message: 'm' }] },
    });
    expect(nextSteps({ stack: quiet, state: 'done' })).toMatchObject({ hasNoCrash: true, problems: [{ code: 'C' }] });
  });
});
