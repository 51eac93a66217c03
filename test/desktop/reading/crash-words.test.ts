import { describe, expect, it } from 'vitest';
import { crashVerdict } from '../../../desktop/renderer/src/reading/crash-words.js';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';

function said(crashInfo: Record<string, unknown>, reason = String(crashInfo['type'] ?? '')): string {
  return crashVerdict(readStackReport({ crash_info: crashInfo }), reason, String(crashInfo['address'] ?? '')).sentence;
}

describe('crashVerdict', () => {
  it('says what was done to which memory', () => {
    const address = '0x000000000000001c';
    const write = {
      address,
      type: 'SIGSEGV / SEGV_MAPERR',
      memory_accesses: [{ address, access_type: 'write', size: 4 }],
    };
    expect(said(write)).toBe('Write of 4 bytes to a null pointer + 0x1c');
    expect(said({ type: 'EXCEPTION_ACCESS_VIOLATION_READ', address: '0x0000000000000000' })).toBe(
      'Read of a null pointer',
    );
    expect(said({ type: 'EXCEPTION_ACCESS_VIOLATION_EXEC', address: '0x00007ff812345678' })).toBe(
      'Jump into memory that is not there, at 0x7ff812345678',
    );
    expect(said({ type: 'SIGSEGV / SEGV_ACCERR', address: '0x00007ff812345678' })).toContain('without permission');
  });

  it('knows what is no access to memory', () => {
    expect(said({ type: 'SIGABRT' })).toBe('The program ended itself (abort)');
    expect(said({ type: 'EXCEPTION_STACK_OVERFLOW' })).toContain('ran over its end');
    expect(said({ type: 'SIGFPE / FPE_INTDIV' })).toBe('Division by zero');
    expect(said({ type: 'SOMETHING_NEW' })).toBe('Crashed with SOMETHING_NEW');
    expect(said({})).toBe('No crash reason was recorded');
  });

  it('takes the stack walker’s own verdict, with how sure it is', () => {
    const report = readStackReport({
      crash_info: { type: 'SIGSEGV' },
      faultline: {
        analysis: {
          verdict: {
            title: 'Use after free',
            explanation: 'It was freed.',
            confidence: 0.6,
            evidence: ['poison 0xe5'],
          },
        },
      },
    });
    expect(crashVerdict(report, '', '')).toEqual({
      sentence: 'Use after free',
      place: '',
      confidence: 'medium',
      evidence: ['It was freed.', 'poison 0xe5'],
    });
  });

  it('says where: the innermost frame and its thread', () => {
    const report = readStackReport({
      crash_info: { type: 'SIGSEGV', crashing_thread: 0 },
      threads: [{ thread_name: 'gpu', frames: [{ function: 'draw', module: 'app' }] }],
    });
    expect(crashVerdict(report, '', '').place).toBe('in draw, thread 0 “gpu”');
  });
});
