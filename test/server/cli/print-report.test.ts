import { expect, it } from 'vitest';
import { printReport, type ShownReport } from '../../../server/src/cli/print-report.js';

const report: ShownReport = {
  crashId: '3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122',
  state: 'processed',
  step: '',
  product: 'Paint',
  version: '1.2',
  channel: '',
  platform: 'Linux',
  processType: '',
  submittedTimestamp: '2026-11-22T12:00:00.000Z',
  annotations: [],
  hasHiddenFields: false,
  parts: [],
  collectorNotes: [],
  throttleRule: 'accept',
  processed: null,
  runs: [],
  error: null,
};

function withFrames(frames: object[]): ShownReport {
  const walk = {
    crash_info: { type: 'SIGSEGV', address: '0x1c', crashing_thread: 2 },
    crashing_thread: { thread_name: 'worker', frames },
  };
  return { ...report, processed: { status: 'complete', signature: 'decode', json_dump: walk } };
}

it('prints what crashed and why, with inlined calls above their function', () => {
  const frames = [
    {
      frame: 0,
      function: 'decode_job',
      module: 'crashy',
      file: 'decode.rs',
      line: 9,
      trust: 'context',
      inlines: [{ function: 'read', file: 'ptr.rs', line: 4 }],
    },
    { frame: 1, function: null, module: 'libc.so.6', module_offset: '0x1234', offset: '0x7f001234', trust: 'scan' },
    { frame: 2, function: null, module: null, offset: '0xdead', trust: 'scan' },
  ];
  expect(printReport(withFrames(frames))).toBe(
    [
      'Crash      bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122',
      'State      complete',
      'Product    Paint 1.2',
      'Platform   Linux',
      'Received   2026-11-22T12:00:00.000Z',
      'Signature  decode',
      'Reason     SIGSEGV at 0x1c',
      '',
      'Thread 2 (worker) crashed:',
      '  0  read ptr.rs:4  [inlined]',
      '  0  decode_job (crashy) decode.rs:9  [context]',
      '  1  libc.so.6 + 0x1234  [scan]',
      '  2  0xdead  [scan]',
      '',
    ].join('\n'),
  );
});

it('says how far a report is that is not processed yet', () => {
  const waiting = printReport({ ...report, state: 'pending', step: 'walking the minidump' });
  expect(waiting).toContain('State      pending (walking the minidump)');
});

it('shows control characters of hostile text instead of sending them to the terminal', () => {
  const text = printReport({ ...report, product: 'Pa\u001b[2Jint\r\u009b' });
  expect(text).toContain('Pa\\x1b[2Jint\\x0d\\x9b');
});
