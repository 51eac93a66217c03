import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModuleSymbols } from '../../../../sdk/contracts/src/module-symbols.js';
import { cpuArchitectures } from '../../../../sdk/minidump/src/model/cpu.js';
import { pointerRegisters } from '../../../../sdk/minidump/src/model/cpu-context.js';
import { outline, walkText } from './text-stack.js';
import { textSymbols } from './text-symbols.js';

const base = 0x40_0000n;
const modules = [{ base }];

describe('stacks that mean harm', () => {
  const endless = {
    cpu: 'amd64',
    modules,
    registers: { rip: base + 0x10n, rsp: '@sp', rbp: 0n },
    stack: `sp: 0x401000\n${'0x402000\n'.repeat(5000)}`,
  } as const;

  it('ends at the limit of frames and says so', async () => {
    const { frames, summary } = await walkText({ ...endless, modules, limits: { maxFrames: 100 } });
    expect(frames).toHaveLength(100);
    expect(summary.end).toBe('frame-limit');
  });

  it('ends at the limit of time, keeping what it has', async () => {
    let time = 0;
    const { frames, summary } = await walkText({
      ...endless,
      modules,
      limits: { maxFrames: 1e6, maxMilliseconds: 50 },
      now: () => (time += 1),
    });
    expect(summary.end).toBe('time-limit');
    expect(frames.length).toBeGreaterThan(10);
    expect(frames.length).toBeLessThan(100);
  });

  it('ends when it is aborted', async () => {
    const { frames, summary } = await walkText({ ...endless, modules, signal: AbortSignal.abort() });
    expect(frames).toHaveLength(1);
    expect(summary.end).toBe('aborted');
  });

  it('gives frame 0 of a thread without stack memory, and of an empty one', async () => {
    const registers = { rip: base + 0x10n, rsp: 0x1000n };
    for (const stack of [null, '']) {
      const { frames, summary } = await walkText({ cpu: 'amd64', modules, registers, stack });
      expect(outline(frames)).toEqual(['context 0x400010']);
      expect(summary.end).toBe('no-stack');
    }
  });

  it('survives a stack pointer anywhere, and registers that are missing', async () => {
    for (const rsp of [0n, 1n, 0x7fff_ffffn, 0x8000_0007n, 2n ** 63n, 2n ** 64n - 1n]) {
      const { frames } = await walkText({
        cpu: 'amd64',
        modules,
        registers: { rip: base + 0x10n, rsp, rbp: rsp },
        stack: 'sp: 1\n2',
      });
      expect(frames).toHaveLength(1);
    }
    const { frames } = await walkText({ cpu: 'amd64', modules, registers: {}, stack: 'sp: 0x400020' });
    expect(frames).toHaveLength(1);
  });

  it('takes a module whose symbols throw for one without symbols, once', async () => {
    const failing: ModuleSymbols = {
      ...textSymbols(''),
      symbolize: () => Promise.reject(new Error('the index is damaged')),
    };
    let asked = 0;
    const { frames, summary } = await walkText({
      ...endless,
      modules: [{ name: 'app', base, symbols: failing }],
      limits: { maxFrames: 20 },
      onSymbols: () => asked++,
    });
    expect(frames).toHaveLength(20);
    expect(asked).toBe(1);
    expect(summary.symbolFailures).toEqual([{ codeFile: 'app', reason: 'the index is damaged' }]);
  });

  it('moves on at every frame, whatever records and memory say', async () => {
    const token = fc.oneof(
      fc.constantFrom(
        '+',
        '-',
        '*',
        '@',
        '^',
        '^',
        '.cfa',
        '$rsp',
        '$rbp',
        '$esp',
        '$ebp',
        'sp',
        'fp',
        'lr',
        'pc',
        'ra',
      ),
      fc.integer({ min: -64, max: 64 }).map(String),
    );
    const expression = fc.array(token, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
    const rules = fc
      .tuple(expression, expression, expression)
      .map(([cfa, ra, other]) => `.cfa: ${cfa} .ra: ${ra} $rbp: ${other} fp: ${other}`);
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0x2_0000 }).map((offset) => `0x${(base + BigInt(offset)).toString(16)}`),
      fc.integer({ min: 0, max: 40 }).map((index) => `0x${(0x8000_0000n + BigInt(index * 8)).toString(16)}`),
      fc.constant('-1'),
    );
    const scene = fc.record({
      cpu: fc.constantFrom(...cpuArchitectures),
      os: fc.constantFrom('Windows NT', 'iOS', 'Linux'),
      rules,
      program: expression,
      words: fc.array(word, { minLength: 1, maxLength: 40 }),
      fp: fc.integer({ min: 0, max: 330 }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ cpu, os, rules: text, program, words, fp }) => {
        const { instruction, stack } = pointerRegisters[cpu];
        const frame = 0x8000_0000n + BigInt(fp);
        const { frames, summary } = await walkText({
          cpu,
          os,
          modules: [
            {
              base,
              symbols: [
                'FUNC 0 10000 0 f',
                `STACK CFI INIT 0 8000 ${text}`,
                `STACK WIN 4 8000 4000 0 0 4 4 8 0 1 $eip ${program} = $esp ${program} =`,
                'STACK WIN 0 c000 1000 0 0 4 8 8 0 0 1',
              ].join('\n'),
            },
          ],
          registers: {
            [instruction]: base + 0x10n,
            [stack]: 0x8000_0000n,
            ...{ rbp: frame, ebp: frame, fp: frame, s0: frame, lr: base + 0x100n, ra: base + 0x200n },
          },
          stack: `sp: 0\n${words.join('\n')}`,
          limits: { maxFrames: 500 },
        });
        expect(frames.length).toBeLessThan(200);
        expect(['end-of-stack', 'unsupported-cpu']).toContain(summary.end);
        frames.forEach((one, index) => expect(one.index).toBe(index));
      }),
      { numRuns: 400 },
    );
  });
});
