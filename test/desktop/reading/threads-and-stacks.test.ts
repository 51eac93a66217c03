import { describe, expect, it } from 'vitest';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';
import { baseName, stackAsMarkdown, stackAsText } from '../../../desktop/renderer/src/reading/stack-text.js';
import { foldThreads } from '../../../desktop/renderer/src/reading/thread-folding.js';

function threadsOf(...stacks: string[][]) {
  const report = readStackReport({
    crash_info: { crashing_thread: 1 },
    threads: stacks.map((functions) => ({
      frames: functions.map((name, frame) => ({ frame, function: name, module: 'app', trust: 'cfi' })),
    })),
  });
  return report?.threads ?? [];
}

describe('foldThreads', () => {
  it('puts the crashing thread first and never folds it', () => {
    const folds = foldThreads(threadsOf(['wait'], ['wait'], ['wait'], ['run']));
    expect(folds.map((fold) => [fold.thread.index, fold.same.map((one) => one.index)])).toEqual([
      [1, []],
      [0, [2]],
      [3, []],
    ]);
  });

  it('keeps threads without frames apart', () => {
    expect(foldThreads(threadsOf([], ['x'], [])).map((fold) => fold.same.length)).toEqual([0, 0, 0]);
  });
});

describe('a stack as text', () => {
  const report = readStackReport({
    crash_info: { crashing_thread: 0 },
    threads: [
      {
        thread_name: 'gpu',
        frames: [
          {
            frame: 0,
            function: 'outer',
            module: 'app',
            file: '/src/a.rs',
            line: 9,
            trust: 'context',
            inlines: [{ function: 'inner`x', file: 'b.rs', line: 2 }],
          },
          { frame: 1, function: null, module: 'lib.so', module_offset: '0x0000000000000010', trust: 'scan' },
          { frame: 2, truncated: { msg: '5 frames truncated' } },
        ],
      },
    ],
  });
  const thread = report?.threads[0];

  it('has inlined calls, guesses and what was left out', () => {
    expect(thread === undefined ? '' : stackAsText(thread)).toBe(
      [
        'Thread 0 (gpu), crashed',
        '  0  inner`x [app] (inlined)  at b.rs:2',
        '  0  outer [app]  at /src/a.rs:9',
        '  1  lib.so + 0x10 (guess)',
        '    ... 5 frames truncated',
        '',
      ].join('\n'),
    );
  });

  it('can’t break out of the Markdown it stands in', () => {
    const text =
      thread === undefined ? '' : stackAsMarkdown(thread, { title: '[x](evil) *b*', link: 'https://f/report/1' });
    expect(text).toContain('**\\[x\\](evil) \\*b\\***');
    expect(text.match(/```/g)).toHaveLength(2);
  });
});

describe('baseName', () => {
  it('knows both separators and mapped sources', () => {
    expect(baseName('/a/b.rs')).toBe('b.rs');
    expect(baseName('C:\\a\\b.cpp')).toBe('b.cpp');
    expect(baseName('git:github.com/x/y:src/pipeline.rs:5980')).toBe('pipeline.rs');
  });
});
