import { describe, expect, it } from 'vitest';
import { codeRows } from '../../../desktop/renderer/src/reading/code-rows.js';
import { operandWords } from '../../../desktop/renderer/src/reading/operand-words.js';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';

/** A report of one frame, with what our walker adds to the frame and to the whole. */
function crashed({
  frame = {},
  evidence = {},
  ...more
}: {
  frame?: object;
  evidence?: object;
  [key: string]: unknown;
}) {
  const { analysis, crash_info: info = {}, ...rest } = more;
  const report = readStackReport({
    ...rest,
    crash_info: { crashing_thread: 0, ...(info as object) },
    threads: [{ frames: [{ frame: 0, ...frame }] }],
    faultline: { analysis, threads: [{ frames: [evidence] }] },
  });
  const [found] = report?.threads[0]?.frames ?? [];
  if (report === null || found === undefined) throw new Error('no frame');
  return { report, frame: found };
}

describe('the code of a frame', () => {
  it('has the address where a branch goes in place of the distance', () => {
    const code = [
      { address: '0x0000000000401000', bytes: 'eb03', target: '0x0000000000401005', text: 'jmp $+0x3' },
      { address: '0x0000000000401002', bytes: 'c3', is_current: true, text: 'ret' },
      { address: '0x0000000000401003', bytes: '', text: null },
    ];
    expect(codeRows(crashed({ evidence: { code } }).frame)).toEqual([
      { address: '0x401000', bytes: 'eb03', text: 'jmp 0x401005', isCurrent: false },
      { address: '0x401002', bytes: 'c3', text: 'ret', isCurrent: true },
      { address: '0x401003', bytes: '', text: '', isCurrent: false },
    ]);
  });

  it('is empty where there is none, and bounded whatever a report says', () => {
    expect(codeRows(crashed({ evidence: { code: null } }).frame)).toEqual([]);
    expect(codeRows(crashed({ evidence: { code: Array<object>(10_000).fill({}) } }).frame)).toHaveLength(64);
  });
});

describe('the operands of the faulting instruction', () => {
  const registers = { rdx: '0x0000000000000000', r9: '0x0000000000000007', rax: '0x1' };

  it('are named as in the instruction, with the registers in them', () => {
    const { frame, report } = crashed({
      frame: { registers },
      crash_info: {
        instruction: 'mov dword [rdx + r9 * 4], edi',
        memory_accesses: [{ access_type: 'write', address: '0x000000000000001c', size: 4, is_likely_guard_page: true }],
      },
    });
    expect(operandWords(frame, report)).toEqual([
      {
        operand: '[rdx + r9 * 4]',
        address: '0x1c',
        access: 'write of 4 bytes',
        isGuardPage: true,
        registers: [
          { name: 'rdx', value: '0x0' },
          { name: 'r9', value: '0x7' },
        ],
      },
    ]);
  });

  it('take no part of a number for a register, and keep the stack that is used unnamed apart', () => {
    const { frame, report } = crashed({
      frame: { registers: { x0: '0x8', x10: '0x99' } },
      analysis: {
        instruction: 'ldr x1, [x0, #0x10]',
        memory_accesses: [
          { access: 'read', address: '0x18', size: 8, is_implicit: false },
          { access: null, address: '0x7fff', size: null, is_implicit: true },
        ],
      },
    });
    expect(operandWords(frame, report)).toMatchObject([
      { operand: '[x0, #0x10]', access: 'read of 8 bytes', registers: [{ name: 'x0', value: '0x8' }] },
      { operand: '', address: '0x7fff', access: 'access', registers: [] },
    ]);
  });

  it('stand without registers for those who may not see them', () => {
    const info = { instruction: 'inc byte [rax]', memory_accesses: [{ address: '0x1', size: 1 }] };
    const { frame, report } = crashed({ crash_info: info });
    expect(operandWords(frame, report)).toMatchObject([
      { operand: '[rax]', access: 'access of 1 byte', registers: [] },
    ]);
  });
});
