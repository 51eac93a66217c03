import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';
import { frameRows } from '../../../desktop/renderer/src/report/frame-rows.js';
import { corpusPath, requireCorpus } from '../../corpus.js';

describe('readStackReport', () => {
  it('takes anything without throwing', () => {
    for (const value of [null, undefined, 'x', 3, [], { threads: 7 }, { threads: [null, 3, { frames: 'no' }] }]) {
      expect(() => readStackReport(value)).not.toThrow();
    }
    expect(readStackReport({})).toBeNull();
  });

  it('gives the crashing thread the frames that stand apart, with their registers', () => {
    const report = readStackReport({
      crash_info: { crashing_thread: 1 },
      crashing_thread: { threads_index: 1, thread_name: null, frames: [{ frame: 0, registers: { rax: '0x1' } }] },
      threads: [{ frames: [] }, { thread_name: 'gpu', frames: [{ frame: 0 }] }],
    });
    const thread = report?.threads[1];
    expect(thread).toMatchObject({ isCrashing: true, name: 'gpu' });
    expect(thread?.frames[0]?.registers).toEqual([['rax', '0x1']]);
  });

  it('finds evidence by the frame number even behind a mark for frames left out', () => {
    const report = readStackReport({
      threads: [{ frames: [{ frame: 0 }, { truncated: { msg: '8 frames truncated' }, frame: 1 }, { frame: 9 }] }],
      faultline: { threads: [{ end_reason: 'enough', frames: Array.from({ length: 10 }, (_, at) => ({ at })) }] },
    });
    const frames = report?.threads[0]?.frames ?? [];
    expect(frames[2]?.evidence).toEqual({ at: 9 });
    expect(frames[1]?.truncated).toBe('8 frames truncated');
    expect(report?.threads[0]?.endReason).toBe('enough');
  });

  it('joins a module with the places where its symbols were looked for', () => {
    const report = readStackReport({
      modules: [{ filename: 'a.so', debug_id: 'ID', missing_symbols: true }],
      faultline: {
        symbols: [{ module: 'a.so', debug_id: 'ID', attempts: [{ source: 's', location: 'l', status: 'not-found' }] }],
      },
    });
    expect(report?.modules[0]).toMatchObject({ symbols: 'missing', attempts: [{ source: 's', status: 'not-found' }] });
  });
});

describe.skipIf(!requireCorpus())('a stack walk of a real program', () => {
  it('shows decode_job at decode.rs:9 below the four calls inlined into it', () => {
    const text = readFileSync(corpusPath('rust-minidump-out', 'own__crashy.sym.json'), 'utf8');
    const thread = readStackReport(JSON.parse(text))?.threads.find((one) => one.isCrashing);
    const rows = thread === undefined ? [] : frameRows(thread);
    expect(thread?.name).toBe('render-worker');
    expect(rows.slice(0, 5).map((row) => row.kind)).toEqual(['inlined', 'inlined', 'inlined', 'inlined', 'frame']);
    expect(rows[4]).toMatchObject({ name: 'crashy::decode::decode_job', place: 'decode.rs:9', key: '0' });
  });

  it('leads to the source where the server says so, and nowhere that would run', () => {
    const link = 'https://github.com/example/crashy/blob/59807616/src/pipeline.rs#L20';
    const inlines = [{ function: 'step', file: 'a.rs', line: 1, source_link: link }];
    const frames = [
      { frame: 0, source_link: link, inlines },
      { frame: 1, source_link: 'javascript:alert(1)' },
    ];
    const [thread] = readStackReport({ threads: [{ frames }] })?.threads ?? [];
    expect(thread === undefined ? [] : frameRows(thread).map((row) => row.link)).toEqual([link, link, '']);
  });
});
