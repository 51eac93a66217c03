/**
 * Crash data in quantity, for comparing with a peer and for benches: names are put together from the parts that
 * compilers make them of, so that brackets nest, sometimes badly. The same seed gives the same vectors.
 */
import type { CrashData, CrashDataFrame } from '@faultline/signature';

export type Random = () => number;

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

export function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const words = [
  'net',
  'Socket',
  'Draw',
  'layers',
  'Foo',
  'bar',
  'base',
  'Task',
  'Run',
  'gfx',
  'alloc',
  'vec',
  'Vec',
  'x',
];
const types = [
  'int',
  'char const*',
  'unsigned long',
  'T',
  'std::string',
  'void',
  'bool',
  'nsTArray<int>',
  'a::b<c, d>',
];
const scopes = [
  '(anonymous namespace)',
  "`anonymous namespace'",
  '$_12',
  '{lambda(int)#1}',
  '<lambda_0>',
  "'lambda'(int)",
  '{{closure}}',
  '{closure#3}',
  '<name omitted>',
  '{impl#2}',
];
const operators = [
  'operator()',
  'operator<',
  'operator<<',
  'operator>>',
  'operator->',
  'operator==',
  'operator new',
  'operator bool',
  'operator,',
  'operator&&',
  'operator unsigned long',
];

function typeArguments(random: Random, depth = 0): string {
  const parts = times(1 + Math.floor(random() * 3), () =>
    depth < 3 && random() < 0.3
      ? `${pick(random, words)}<${typeArguments(random, depth + 1)}>${random() < 0.3 ? ' ' : ''}`
      : pick(random, types),
  );
  return parts.join(random() < 0.8 ? ', ' : ',');
}

export function cppName(random: Random): string {
  const scope = times(Math.floor(random() * 4), () => {
    if (random() < 0.2) return pick(random, scopes);
    return pick(random, words) + (random() < 0.25 ? `<${typeArguments(random)}>` : '');
  });
  const last = random() < 0.12 ? pick(random, operators) : pick(random, words);
  let name = [...scope, last].join('::') + (random() < 0.2 ? `<${typeArguments(random)}>` : '');
  if (random() < 0.7) name += `${random() < 0.05 ? ' ' : ''}(${random() < 0.7 ? typeArguments(random) : ''})`;
  if (random() < 0.25) name = `${pick(random, ['static', 'void', 'virtual', 'int*', 'std::pair<a, b>'])} ${name}`;
  if (random() < 0.2) name += pick(random, [' const', ' const &', '&&', ' &', ' volatile', ' noexcept', ' const&']);
  if (random() < 0.1) name += pick(random, [' [clone .cold]', ' [clone .part.12]', '[clone .isra.0] [clone .cold.3]']);
  if (random() < 0.05) name += pick(random, [' ', '  *', ',', '[abi:cxx11]']);
  return name;
}

export function rustName(random: Random): string {
  const scope = times(1 + Math.floor(random() * 4), () => {
    if (random() < 0.2) return pick(random, ['{{closure}}', '{closure#0}', '{{impl}}', '{shim:vtable#0}', '_$LT$impl']);
    return pick(random, words) + (random() < 0.2 ? `<${typeArguments(random)}>` : '');
  });
  let name = scope.join('::');
  if (random() < 0.3) {
    name = `<${name}${random() < 0.6 ? ` as ${pick(random, ['core::ops::Fn<(A, B)>', 'Drop', 'a::Trait<X>'])}` : ''}>::${pick(random, words)}`;
  }
  if (random() < 0.2) name += `(${typeArguments(random)})`;
  if (random() < 0.5) name += `::h${times(16, () => pick(random, [...'0123456789abcdef'])).join('')}`;
  if (random() < 0.15) name = `${pick(random, ['static', 'fn', 'void', 'unsafe fn'])} ${name}`;
  return name;
}

/** A name with characters changed, doubled or dropped: brackets no longer pair. */
export function damaged(random: Random, name: string): string {
  const at = Math.floor(random() * (name.length + 1));
  const extra = pick(random, ['<', '>', '(', ')', ' ', '[', ']', '`', "'", '{', '}', ',', '&', '*', '::', '-']);
  return name.slice(0, at) + extra + name.slice(at + (random() < 0.5 ? 1 : 0));
}

const modules = [
  'xul.dll',
  'libc.so.6',
  'KERNEL32.DLL',
  'app.exe',
  'XUL',
  'libart.so',
  'ntdll.dll',
  '[vdso]',
  'Foo.DLL',
];
const rustFiles = [
  'git:github.com/rust-lang/rust:library/core/src/panicking.rs:1a2b',
  'git:github.com/rust-lang/rust:src/libcore/panicking.rs:1a2b',
  '/rustc/1a2b/src/libstd/panicking.rs',
  's3:bucket:0011/src/lib.rs:',
  'c:src/libcore/option.rs',
];
const cppFiles = [
  'hg:hg.example.org/app:src/draw.cpp:1a2b',
  '/build/src/net/socket.cc',
  'c:\\build\\main.cpp',
  'D:/a/b/c.h',
  'rel/a.cpp',
];

/** Names that lists tend to know, so that every path of the walk is taken. */
const knownNames = [
  'abort',
  'raise',
  'gsignal',
  '_purecall',
  '_sigtramp',
  'panic',
  'panic_fmt',
  'begin_panic_fmt',
  'core::panicking::panic',
  'std::panicking::begin_panic<str>',
  'NS_DebugBreak',
  'mozalloc_abort',
  'mozalloc_handle_oom',
  'RtlEnterCriticalSection',
  'memcpy',
  'free',
  'malloc',
  'KiUserExceptionDispatcher',
  'ZwWaitForSingleObject',
  'js_Interpret',
  'operator new(unsigned int)',
  'alloc::oom::oom',
  '__GI___assert_fail',
  'IPC::MessageReader::FatalError(char const*)',
  '<name omitted>',
  '<unknown in igd10umd32.dll>',
  'mozilla::(anonymous namespace)::RunWatchdog(void*)',
];

function frame(random: Random, known: readonly string[] = knownNames): CrashDataFrame {
  const roll = random();
  const result: CrashDataFrame = { offset: `0x${times(8, () => pick(random, [...'0000089abcdefF'])).join('')}` };
  if (random() < 0.75) {
    result.module = pick(random, modules);
    result.module_offset = `0x${Math.floor(random() * 65536).toString(16)}`;
  }
  const isRust = random() < 0.25;
  if (roll < 0.3) result.function = pick(random, known);
  else if (roll < 0.75) result.function = isRust ? rustName(random) : cppName(random);
  else if (roll < 0.8) result.function = damaged(random, isRust ? rustName(random) : cppName(random));
  if (random() < 0.6) result.file = pick(random, isRust ? rustFiles : cppFiles);
  if (result.file != null && random() < 0.9) result.line = Math.floor(random() * 500);
  if (random() < 0.1) {
    result.inlines = times(1 + Math.floor(random() * 3), () => ({
      function: random() < 0.8 ? (isRust ? rustName(random) : cppName(random)) : null,
      file: random() < 0.8 ? pick(random, isRust ? rustFiles : cppFiles) : null,
      line: random() < 0.8 ? Math.floor(random() * 100) : null,
    }));
  }
  if (result.module == null && random() < 0.3) result.unloaded_modules = [{ module: 'old.dll', offsets: ['0x10'] }];
  return result;
}

/** What clients annotate, in good and odd shapes. */
function annotations(random: Random): Partial<CrashData> {
  const choices: Partial<CrashData>[] = [
    { reason: 'EXCEPTION_STACK_OVERFLOW' },
    { reason: 'EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR' },
    { reason: 'STATUS_NO_MEMORY' },
    { oom_allocation_size: Math.floor(random() * 600_000) },
    { oom_allocation_size: 262_144 },
    { oom_allocation_size: 0 },
    { js_large_allocation_failure: pick(random, ['Reporting', 'Recovered']) },
    { abort_message: '###!!! ABORT: file foo.cpp, line 12' },
    { abort_message: `###!!! ABORT: ${pick(random, words)} failed: file foo.cpp, line 12` },
    { abort_message: `[1234] ###!!! ABORT: unable to find a usable font (Some Font (x)) here ${'y'.repeat(90)}` },
    { abort_message: `${pick(random, words)} \u00e9 \n went wrong` },
    { hang: pick(random, [1, -1, 0]) },
    {
      async_shutdown_timeout: JSON.stringify({
        phase: 'profile-before-change',
        conditions: [{ name: 'B' }, { name: 'A' }],
      }),
    },
    { async_shutdown_timeout: JSON.stringify({ phase: 'x', conditions: ['b', 'a', 'C'] }) },
    { async_shutdown_timeout: JSON.stringify({ conditions: [] }) },
    { async_shutdown_timeout: JSON.stringify({ phase: 'x', conditions: [{ a: 1 }] }) },
    { async_shutdown_timeout: '{"phase": ' },
    { ipc_channel_error: 'ShutDownKill', additional_minidumps: ['upload_file_minidump_browser'] },
    { ipc_channel_error: 'z'.repeat(130), additional_minidumps: [] },
    { ipc_message_name: 'PExample::Msg_Do' },
    { mdsw_status_string: pick(random, ['OK', 'ERROR_NO_THREAD_LIST']) },
  ];
  return random() < 0.35 ? pick(random, choices) : {};
}

function javaTrace(random: Random): string {
  const head = pick(random, [
    'java.lang.NullPointerException',
    'a.B: message here',
    'a.B: thing@12ab34cd',
    'a.B: x: y',
  ]);
  const long = random() < 0.1 ? ` ${'z'.repeat(260)}` : '';
  const lines = times(Math.floor(random() * 4), (index) =>
    pick(random, [
      `\tat a.b.C.d(C.java:${index + 10})`,
      '\tat a.b.C.d(Native Method)',
      '\tat a.b.C.e(Unknown Source)',
      '',
    ]),
  );
  return [head + (head.includes(':') ? long : ''), ...lines].join(pick(random, ['\n', '\n', '\r\n']));
}

function javaException(random: Random): CrashData['java_exception'] {
  const frames = times(Math.floor(random() * 3), () => ({
    ...(random() < 0.8 ? { module: 'a.b.C' } : {}),
    ...(random() < 0.8 ? { function: pick(random, words) } : {}),
    ...(random() < 0.8 ? { filename: 'C.java' } : {}),
  }));
  const stacktrace = {
    ...(random() < 0.8 ? { type: 'IllegalStateException' } : {}),
    ...(random() < 0.8 ? { module: 'java.lang' } : {}),
    ...(random() < 0.9 ? { frames } : {}),
  };
  return { exception: { values: random() < 0.9 ? [{ stacktrace }] : [] } };
}

export function crash(random: Random, known?: readonly string[]): CrashData {
  const roll = random();
  if (roll < 0.04) return { java_stack_trace: javaTrace(random), ...annotations(random) };
  if (roll < 0.07) return { java_exception: javaException(random), ...annotations(random) };
  const threads = times(1 + Math.floor(random() * 3), () => ({
    frames: times(random() < 0.05 ? 0 : 1 + Math.floor(random() * (random() < 0.2 ? 60 : 14)), () =>
      frame(random, known),
    ),
    ...(random() < 0.1 ? { last_error_value: pick(random, ['ERROR_SUCCESS', 'ERROR_NOT_ENOUGH_MEMORY']) } : {}),
  }));
  return {
    crashing_thread: random() < 0.05 ? null : Math.floor(random() * (threads.length + (random() < 0.05 ? 1 : 0))),
    os: pick(random, ['Windows NT', 'Linux', 'Mac OS X', 'Android', null]),
    reason: pick(random, ['EXCEPTION_ACCESS_VIOLATION_READ', 'SIGSEGV', null]),
    threads,
    ...annotations(random),
  };
}
