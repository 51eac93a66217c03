import { defaultRuleset, generateSignature, parseSignatureLists, socorroRuleset } from '@faultline/signature';
import type { CrashData, SignatureRule } from '@faultline/signature';
import { describe, expect, it } from 'vitest';

const lists = parseSignatureLists({ irrelevant: '', prefix: 'pre', sentinels: '', withLineNumbers: '' });
const stack = (...names: string[]): CrashData => ({ threads: [{ frames: names.map((name) => ({ function: name })) }] });
const sign = (crash: CrashData, rules = socorroRuleset) =>
  generateSignature({ ...stack('f'), ...crash }, lists, { rules });
const timeout = (value: unknown) => sign({ async_shutdown_timeout: JSON.stringify(value) }).signature;

describe('rules of signatures', () => {
  it.each<[string, CrashData, string]>([
    ['bad hardware', { reason: 'EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR' }, 'bad hardware | f'],
    ['stack overflow', { reason: 'EXCEPTION_STACK_OVERFLOW' }, 'stackoverflow | f'],
    ['another overflow', { reason: 'EXCEPTION_STACK_OVERFLOW / x' }, 'f'],
    ['hang', { hang: 1 }, 'hang: 1 | f'],
    ['hang 0', { hang: 0 }, 'hang: 0 | f'],
    ['small allocation', { oom_allocation_size: 262_144 }, 'OOM | small'],
    ['large allocation', { oom_allocation_size: 262_145 }, 'OOM | large | f'],
    ['size as text', { oom_allocation_size: '300000' }, 'OOM | large | f'],
    ['size that is none', { oom_allocation_size: 'many' }, 'f'],
    ['no size', { reason: 'STATUS_NO_MEMORY' }, 'OOM | unknown | f'],
    ['reason is exact', { reason: 'STATUS_NO_MEMORY / x' }, 'f'],
    ['function', stack('alloc::oom::oom'), 'OOM | unknown | alloc::oom::oom'],
    ['script', { js_large_allocation_failure: 'Reporting', oom_allocation_size: 5 }, 'OOM | large | f'],
    ['script recovered', { js_large_allocation_failure: 'Recovered' }, 'f'],
    ['abort', { abort_message: 'it broke' }, 'Abort | it broke | f'],
    ['abort with file', { abort_message: '[12] ###!!! ABORT: it broke: file a.cpp, line 3' }, 'Abort | it broke | f'],
    ['abort with file only', { abort_message: '###!!! ABORT: file a.cpp, line 3' }, 'Abort | f'],
    [
      'abort for fonts',
      { abort_message: 'unable to find a usable font (A (b)) now' },
      'Abort | unable to find a usable font now | f',
    ],
    ['abort too long', { abort_message: 'x'.repeat(81) }, `Abort | ${'x'.repeat(77)}... | f`],
    ['ipc of content', { ipc_channel_error: 'Bad' }, 'IPCError-content | Bad'],
    [
      'ipc of browser',
      { ipc_channel_error: 'Bad', additional_minidumps: ['upload_file_minidump_browser'] },
      'IPCError-browser | Bad',
    ],
    [
      'ipc, dumps as text',
      { ipc_channel_error: 'Bad', additional_minidumps: 'a, upload_file_minidump_browser' },
      'IPCError-browser | Bad',
    ],
    ['ipc too long', { ipc_channel_error: '€'.repeat(3) + 'x'.repeat(200) }, `IPCError-content | ${'x'.repeat(97)}`],
    ['message', { ipc_message_name: 'PX::Y' }, 'f | IPC_Message_Name=PX::Y'],
    ['status without stack', { threads: [], mdsw_status_string: 'BAD' }, 'EMPTY: no frame data available; BAD'],
    ['status with stack', { mdsw_status_string: 'BAD' }, 'f'],
    ['unprintable', { ipc_message_name: 'a\u0007é b\t  c' }, 'f | IPC_Message_Name=a bc'.replace('bc', 'b c')],
    ['too long', stack(`${'x'.repeat(300)}`), `${'x'.repeat(252)}...`],
    [
      'all at once',
      {
        oom_allocation_size: 300_000,
        abort_message: 'a',
        reason: 'EXCEPTION_STACK_OVERFLOW',
        hang: 'x',
        ipc_message_name: 'm',
      },
      'hang: x | stackoverflow | Abort | a | OOM | large | f | IPC_Message_Name=m',
    ],
  ])('%s', (_, crash, expected) => expect(sign(crash).signature).toBe(expected));

  it('sees the last error of the crashing thread', () => {
    const threads = [{ frames: [{ function: 'f' }], last_error_value: 'ERROR_NOT_ENOUGH_MEMORY' }];
    expect(sign({ threads }).signature).toBe('OOM | unknown | f');
    expect(sign({ threads: [{ frames: [{ function: 'f' }] }, ...threads] }).signature).toBe('f');
  });

  it('replaces the signature of a shutdown that was given up', () => {
    expect(timeout({ phase: 'p', conditions: [{ name: 'B' }, 'a', { name: 'A' }] })).toBe(
      'AsyncShutdownTimeout | p | A,B,a',
    );
    expect(timeout({ conditions: [] })).toBe('AsyncShutdownTimeout | (unknown) | (none)');
    expect(timeout({ phase: 'p', conditions: [{}] })).toBe('AsyncShutdownTimeout | p | UNKNOWN');
    const broken = sign({ async_shutdown_timeout: 'secret' });
    expect(broken.signature).toBe('AsyncShutdownTimeout | UNKNOWN');
    expect(broken.notes.join()).not.toContain('secret');
    expect(broken.notes.at(-1)).toContain('was: "f"');
  });

  it('signs the main thread when the watchdog ended the program, with the lists in force', () => {
    const threads = [
      { frames: [{ function: 'pre' }, { function: 'wait' }] },
      { frames: [{ function: 'a::RunWatchdog' }] },
    ];
    const { signature, protoSignature, frames } = sign({ threads, crashing_thread: 1 });
    expect([signature, protoSignature, frames.length]).toEqual(['shutdownhang | pre | wait', 'pre | wait', 2]);
  });

  it('keeps rules of one product out of the default ruleset', () => {
    const crash: CrashData = { ipc_channel_error: 'x', ipc_message_name: 'y', async_shutdown_timeout: '{}' };
    expect(sign(crash, defaultRuleset).signature).toBe('f');
    expect(sign(stack('a::RunWatchdog'), defaultRuleset).signature).toBe('a::RunWatchdog');
    expect(sign(stack('std::__throw_bad_alloc'), defaultRuleset).signature).toBe(
      'OOM | unknown | std::__throw_bad_alloc',
    );
  });

  it('lists each change of the signature, and only those', () => {
    expect(sign({ reason: 'EXCEPTION_STACK_OVERFLOW' }).steps).toEqual([
      { rule: 'SignatureGenerationRule', before: '', after: 'f' },
      { rule: 'StackOverflowSignature', before: 'f', after: 'stackoverflow | f' },
    ]);
  });

  it('notes a rule that throws and runs the others', () => {
    const broken: SignatureRule = {
      name: 'Broken',
      title: 'Throws.',
      applies: () => true,
      apply: () => {
        throw new Error('no');
      },
    };
    const { signature, notes } = sign({ hang: 1 }, [defaultRuleset[0] ?? broken, broken, ...defaultRuleset.slice(1)]);
    expect([signature, notes]).toEqual(['hang: 1 | f', ['Broken: Rule failed: no']]);
  });

  it('explains each rule in a sentence', () => {
    for (const { title } of [...defaultRuleset, ...socorroRuleset]) expect(title).toMatch(/^[A-Z].{20,}\.$/);
  });
});

describe('signatures of Java crashes', () => {
  it.each([
    ['a.B: text\n\tat c.D.e(F.java:12)', 'a.B: text at c.D.e(F.java)'],
    ['a.B: thing@1a2b3c4d\n\tat c.D.e(F.java:12)', 'a.B: thing@<addr>: at c.D.e(F.java)'],
    ['a.B\n\tat c.D.e(Native Method)', 'a.B: at c.D.e(Native Method)'],
    ['a.B: text', 'a.B: text'],
    ['a.B:\n\tat c', 'a.B: at c'],
    [`a.B: ${'x'.repeat(300)}\n\tat c`, 'a.B: at c'],
  ])('trace %#', (java_stack_trace, expected) => expect(sign({ java_stack_trace }).signature).toBe(expected));

  it('notes what is missing', () => {
    expect(sign({ java_stack_trace: 'a.B' }).notes.map((note) => note.replace(/^.*: /, ''))).toEqual([
      'stack trace line 1 is not in the expected format',
      'stack trace line 2 is missing',
    ]);
    expect(sign({ java_stack_trace: 5 as never }).signature).toBe('EMPTY: Java stack trace not in expected format');
  });

  it.each([
    [{ module: 'a', type: 'B', frames: [{ module: 'c', function: 'd', filename: 'E.java' }] }, 'a.B: at c.d(E.java)'],
    [{ module: 'a', frames: [] }, 'a.Unknown'],
    [{ module: 'a', type: 'B', frames: [{ function: 'd' }, { function: 'e' }] }, 'a.B: at d'],
    [{ module: 'a', type: 'B', frames: [{}] }, 'a.B: at unknown'],
    [{}, 'EMPTY: Java exception not in expected format'],
  ])('exception %#', (stacktrace, expected) => {
    expect(sign({ java_exception: { exception: { values: [{ stacktrace }] } } }).signature).toBe(expected);
  });

  it('prefers the trace, and takes empty ones for absent', () => {
    const java_exception = { exception: { values: [{ stacktrace: { module: 'a', type: 'B' } }] } };
    expect(sign({ java_stack_trace: 'x: y\nz', java_exception }).signature).toBe('x: y z');
    expect(sign({ java_stack_trace: '', java_exception }).signature).toBe('a.B');
    expect(sign({ java_stack_trace: '', java_exception: {} }).signature).toBe('f');
  });
});

describe('bad input', () => {
  const odd: unknown[] = [
    null,
    0,
    -1,
    NaN,
    2 ** 60,
    '',
    'x',
    true,
    [],
    {},
    [null],
    [[]],
    { a: 1 },
    'x'.repeat(1_000_000),
  ];

  it.each(
    Object.keys(stack('f')).concat(
      'crashing_thread',
      'reason',
      'os',
      'java_stack_trace',
      'java_exception',
      'oom_allocation_size',
      'abort_message',
      'hang',
      'async_shutdown_timeout',
      'ipc_channel_error',
      'ipc_message_name',
      'additional_minidumps',
      'mdsw_status_string',
      'js_large_allocation_failure',
    ),
  )('takes any value for %s', (field) => {
    for (const value of odd) {
      const { signature, notes } = sign({ ipc_channel_error: 'x', [field]: value });
      expect(signature.length).toBeLessThanOrEqual(255);
      expect(notes.join().length).toBeLessThan(10_000);
    }
  });

  it.each(['function', 'module', 'file', 'line', 'offset', 'inlines', 'unloaded_modules'])(
    'takes any value for a frame with %s',
    (field) => {
      for (const value of odd) sign({ threads: [{ frames: [{ [field]: value }, null as never, 5 as never] }] });
      expect(sign({ threads: [{ frames: [{ [field]: {} }, { function: 'g' }] }] } as CrashData).signature).toBe('g');
    },
  );

  it('signs ten thousand frames of a megabyte name each in bounded time and memory', () => {
    const frame = { function: '<a(b '.repeat(200_000) };
    const start = performance.now();
    const { signature, protoSignature } = sign({ threads: [{ frames: Array.from({ length: 10_000 }, () => frame) }] });
    expect(signature.length).toBeLessThanOrEqual(255);
    expect(protoSignature?.length ?? 0).toBeLessThan(40 * 65_600);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('reads a Java exception whose causes go in circles', () => {
    const value: Record<string, unknown> = { stacktrace: { module: 'a', type: 'B', frames: [] } };
    value['cause'] = value;
    expect(sign({ java_exception: { exception: { values: [value] } } }).signature).toBe('a.B');
  });
});
