import { describe, expect, it } from 'vitest';
import { registerRows } from '../../../desktop/renderer/src/reading/register-words.js';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';

const report = readStackReport({
  crash_info: { crashing_thread: 0 },
  threads: [{ frames: [{ frame: 0, registers: { r10: '0x10', rax: '0x7f00', rip: '0x5570' } }] }],
  faultline: {
    analysis: {
      registers: [
        { register: 'rax', points_to: { kind: 'stack', thread_index: 2 } },
        { register: 'rip', points_to: { kind: 'module', module: 'app', offset: '0x0000000000000437' } },
        { register: 'r10', points_to: { kind: 'small' } },
      ],
    },
  },
});
const frame = report?.threads[0]?.frames[0];

describe('registerRows', () => {
  it('follows the walker’s order and says where values point', () => {
    if (report === null || frame === undefined) throw new Error('no frame');
    expect(registerRows(frame, report, true)).toEqual([
      { name: 'rax', value: '0x7f00', meaning: 'stack of thread 2' },
      { name: 'rip', value: '0x5570', meaning: 'app + 0x437' },
      { name: 'r10', value: '0x10', meaning: '' },
    ]);
  });

  it('says nothing of registers that the walker did not look at', () => {
    if (report === null || frame === undefined) throw new Error('no frame');
    expect(registerRows(frame, report, false).map((row) => row.meaning)).toEqual(['', '', '']);
  });
});
