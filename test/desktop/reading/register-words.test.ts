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
    expect(registerRows(frame, report, { isFaulting: true, called: null })).toEqual([
      { name: 'rax', value: '0x7f00', meaning: 'stack of thread 2', was: '' },
      { name: 'rip', value: '0x5570', meaning: 'app + 0x437', was: '' },
      { name: 'r10', value: '0x10', meaning: '', was: '' },
    ]);
  });

  it('has what registers were in the frame that was called, where that is another value', () => {
    const walked = readStackReport({
      crash_info: { crashing_thread: 0 },
      crashing_thread: { frames: [{ frame: 0, registers: { rbx: '0x1', rip: '0x5570' } }, { frame: 1 }] },
      threads: [{}],
      faultline: { threads: [{ frames: [{}, { registers: { rbx: '0x1', rip: '0x5600', r12: '0x7' } }] }] },
    });
    const [called, caller] = walked?.threads[0]?.frames ?? [];
    if (walked === null || called === undefined || caller === undefined) throw new Error('no frames');
    expect(registerRows(caller, walked, { isFaulting: false, called })).toEqual([
      { name: 'rbx', value: '0x1', meaning: '', was: '' },
      { name: 'rip', value: '0x5600', meaning: '', was: '0x5570' },
      { name: 'r12', value: '0x7', meaning: '', was: '' },
    ]);
  });

  it('says nothing of registers that the walker did not look at', () => {
    if (report === null || frame === undefined) throw new Error('no frame');
    expect(registerRows(frame, report, { isFaulting: false, called: null }).map((row) => row.meaning)).toEqual([
      '',
      '',
      '',
    ]);
  });
});
