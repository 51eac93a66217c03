import { generateSignature, parseSignatureLists } from '@faultline/signature';
import type { CrashData, CrashDataFrame } from '@faultline/signature';
import { describe, expect, it } from 'vitest';

const lists = parseSignatureLists({
  irrelevant: 'skip\n@0x[1-9]',
  prefix: 'pre\nlib\\.so\nold\\.dll\n\\(unloaded',
  sentinels: 'sentinel\nsecond',
  withLineNumbers: 'loop$',
});

const named = (...names: string[]): CrashDataFrame[] => names.map((name) => ({ function: name }));
const sign = (frames: CrashDataFrame[], rest: CrashData = {}) =>
  generateSignature({ crashing_thread: 0, threads: [{ frames }], ...rest }, lists);

describe('signature of a stack', () => {
  it('takes names up to the first that is no prefix, and skips irrelevant ones', () => {
    const { signature, protoSignature, frames } = sign(named('skip_a', 'pre_b', 'skip_c', 'work', 'main'));
    expect(signature).toBe('pre_b | work');
    expect(protoSignature).toBe('skip_a | pre_b | skip_c | work | main');
    expect(frames.map(({ name, verdict, reason, entry }) => [name, verdict, reason, entry?.line])).toEqual([
      ['skip_a', 'skipped', 'in-irrelevant-list', 1],
      ['pre_b', 'prefixed', 'in-prefix-list', 1],
      ['skip_c', 'skipped', 'in-irrelevant-list', 1],
      ['work', 'kept', 'not-a-prefix', undefined],
      ['main', 'not-reached', 'signature-complete', undefined],
    ]);
  });

  it('begins at the first sentinel, and says which line of the list that is', () => {
    const { signature, frames } = sign(named('work', 'pre_a', 'second', 'sentinel', 'main'));
    expect(signature).toBe('second');
    expect(frames.map(({ verdict }) => verdict)).toEqual(['cut', 'cut', 'kept', 'not-reached', 'not-reached']);
    expect(frames[0]?.entry).toEqual({ file: 'signature_sentinels.txt', line: 2, expression: 'second' });
    expect(frames[2]?.sentinel?.line).toBe(2);
  });

  it('puts inlined calls before the frame they stand in, with its module and address', () => {
    const inlines = [
      { function: 'pre_inner', file: '/a.cpp', line: 1 },
      { function: null, file: null, line: null },
    ];
    const { signature, frames } = sign([{ function: 'pre_outer', module: 'lib.so', inlines }, { function: 'main' }]);
    expect(signature).toBe('pre_inner | lib.so | pre_outer | main');
    expect(frames.map(({ frame, inline }) => [frame, inline])).toEqual([
      [0, 0],
      [0, 1],
      [0, null],
      [1, null],
    ]);
  });

  it('shows a module that repeats once, but an unloaded one each time', () => {
    const module = (name: string) => ({ module: name, offset: '0x1' });
    const unloaded = { unloaded_modules: [{ module: 'x.so' }] };
    expect(
      sign([module('lib.so'), module('lib.so'), module('old.dll'), module('lib.so'), module('app')]).signature,
    ).toBe('lib.so | old.dll | lib.so | app');
    expect(sign([unloaded, unloaded, module('app')]).signature).toBe('(unloaded x.so) | (unloaded x.so) | app');
  });

  it('names frames by the best that is known of them', () => {
    const frames: CrashDataFrame[] = [
      { function: 'pre::f(int)', file: '/a/b.cpp', line: 3 },
      { function: 'pre::<A as B>::g::h0123456789abcdef', file: 'git:h/r:src/b.rs:1', line: 3 },
      { module: '[pre]', offset: '0x1' },
      { unloaded_modules: [{ module: 'gone.dll' }], offset: '0x1' },
      { offset: '0x00AB' },
      { file: 'c:\\src\\pre.cpp', line: 7, module: 'm' },
      {},
      { module: 'last' },
    ];
    const result = sign(frames);
    expect(result.frames.map(({ name, nameSource }) => [name, nameSource])).toEqual([
      ['pre::f', 'cpp-function'],
      ['pre::<A as B>::g', 'rust-function'],
      ['pre', 'module'],
      ['(unloaded gone.dll)', 'unloaded-module'],
      ['@0xab', 'offset'],
      ['pre.cpp#7', 'source-line'],
      ['', 'none'],
      ['last', 'module'],
    ]);
    expect(result.signature).toBe('pre::f | pre::<A as B>::g | pre | (unloaded gone.dll) | @0xab');
  });

  it('adds the line to the functions of the list, also when the name was seen before', () => {
    expect(sign([{ function: 'loop(int)', line: 12 }]).signature).toBe('loop:12');
    expect(sign([{ function: 'loop(int)', line: 13 }]).signature).toBe('loop:13');
  });

  it('makes module names lower case on Windows only', () => {
    expect(sign([{ module: 'KERNEL32.DLL' }], { os: 'Windows NT' }).signature).toBe('kernel32.dll');
    expect(sign([{ module: 'KERNEL32.DLL' }], { os: 'Linux' }).signature).toBe('KERNEL32.DLL');
  });

  it('keeps the names of the two languages apart', () => {
    const rust = { function: 'a::h12(b)', file: '/x.rs' };
    const cpp = { function: 'a::h12(b)', file: '/x.cpp' };
    expect([rust, cpp, rust, cpp].map((frame) => sign([frame]).signature)).toEqual(['a', 'a::h12', 'a', 'a::h12']);
  });

  it('looks at 40 frames, inlined calls counted', () => {
    const inlines = named('pre', 'pre', 'pre');
    const frames = Array.from({ length: 10_000 }, () => ({ function: 'pre', inlines }));
    const result = sign(frames);
    expect(result.frames).toHaveLength(40);
    expect(result.extra.normalizedFrames).toHaveLength(40);
  });

  it('takes the first frame when all are irrelevant', () => {
    const result = sign(named('skip_a', 'skip_b'));
    expect(result.signature).toBe('skip_a');
    expect(result.frames[0]).toMatchObject({ verdict: 'kept', reason: 'nothing-better' });
    expect(result.notes).toHaveLength(1);
    expect(sign(named('work', 'sentinel', 'skip_b').slice(1)).signature).toBe('sentinel');
  });

  it('says when there is nothing to sign', () => {
    for (const crash of [{}, { threads: [] }, { threads: [{ frames: [] }] }, { threads: [{ frames: [{}, {}] }] }]) {
      expect(generateSignature(crash, lists).signature).toBe('EMPTY: no frame data available');
    }
    expect(generateSignature({ threads: [{ frames: named('f') }], crashing_thread: 7 }, lists).notes).toEqual([
      'SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (7)',
    ]);
  });

  it('takes a crashing thread that is no index for the first', () => {
    for (const crashing_thread of [null, -1, NaN, 'x' as never, undefined]) {
      expect(sign(named('f'), { crashing_thread }).signature).toBe('f');
    }
  });
});
