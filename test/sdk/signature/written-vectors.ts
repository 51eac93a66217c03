/** Crash data written by hand, for what generated names don't have: the constructs of real compilers and odd reports. */
import type { CrashData } from '@faultline/signature';

const stack = (...functions: string[]): CrashData => ({
  os: 'Linux',
  crashing_thread: 0,
  threads: [
    { frames: functions.map((name, index) => ({ function: name, file: 'hg:x/y:a/b.cpp:1f', line: index + 1 })) },
  ],
});
const rust = (...functions: string[]): CrashData => ({
  os: 'Linux',
  crashing_thread: 0,
  threads: [
    { frames: functions.map((name) => ({ function: name, file: 'git:github.com/a/b:src/lib.rs:1f', line: 3 })) },
  ],
});
const frames = (...list: NonNullable<NonNullable<CrashData['threads']>[number]['frames']>[number][]): CrashData => ({
  os: 'Windows NT',
  crashing_thread: 0,
  threads: [{ frames: list }],
});

export const writtenVectors: readonly (readonly [what: string, crash: CrashData])[] = [
  ['a lambda of clang', stack('mozilla::dom::Foo::Bar()::$_0::operator()() const')],
  ['a lambda of clang with a number', stack('mozilla::Foo(int)::$_123::__invoke(void*)')],
  ['a lambda of gcc', stack('Foo::run()::{lambda(int, char)#1}::operator()(int, char) const')],
  ['a lambda of MSVC', stack("`Foo::Bar'::`2'::<lambda_1>::operator()(void)")],
  ['a lambda of MSVC with a hash', stack('<lambda_0123456789abcdef0123456789abcdef>::operator()')],
  [
    'a lambda in a template',
    stack('std::__invoke_impl<void, Foo<int>::go()::{lambda()#2}>(std::__invoke_other, Foo<int>&&)'),
  ],
  ['operator new', stack('operator new(unsigned long)')],
  ['operator delete[]', stack('operator delete[](void*, std::nothrow_t const&)')],
  ['operator call', stack('Foo::operator()(int) const')],
  ['operator index', stack('std::vector<int, std::allocator<int> >::operator[](unsigned long)')],
  ['operator arrow', stack('RefPtr<Foo>::operator->() const')],
  ['a conversion operator', stack('Foo::operator bool() const')],
  ['a conversion operator to a template', stack('Foo::operator std::function<void ()>() const')],
  ['a literal operator', stack('Foo::operator"" _ns(char const*, unsigned long)')],
  ['a destructor', stack('Foo<int>::~Foo()')],
  ['a constructor of a template', stack('mozilla::Maybe<mozilla::Vector<int, 4ul> >::Maybe(mozilla::Maybe<int>&&)')],
  ['a scalar deleting destructor', stack("Foo::`scalar deleting destructor'(unsigned int)")],
  ['a vftable thunk', stack("[thunk]:Foo::`adjustor{8}'::Release(void)")],
  ['a return type', stack('static void mozilla::ipc::MessageChannel::Run(class mozilla::ipc::Message &&)')],
  ['a return type that is a template', stack('static class nsTArray<class Foo *> const & Foo::Get(void)')],
  ['a return type with a function pointer', stack('void (*Foo::Callback(int))(char)')],
  ['a clone', stack('foo(int) [clone .isra.0]')],
  ['a cold clone', stack('foo(int) [clone .cold]')],
  ['a cold clone of a clone', stack('foo(int) [clone .part.3] [clone .cold.7]')],
  ['an llvm suffix', stack('foo(int) (.llvm.1234567890)')],
  ['an anonymous namespace of MSVC', stack("`anonymous namespace'::Foo::Bar")],
  ['an anonymous namespace of gcc', stack('ns::(anonymous namespace)::Foo::bar(int)')],
  ['an anonymous class', stack('Foo::{unnamed type#1}::bar()')],
  ['nested templates', stack('a<b<c<d> > >::e<f<g>, h>::i(j<k>)')],
  ['a shift in a template', stack('a<(b)(1 >> 2)>::c()')],
  ['const qualifiers', stack('Foo::bar() const&', 'Foo::baz() &&', 'Foo::qux() const &')],
  ['volatile', stack('Foo::bar() volatile')],
  ['noexcept', stack('Foo::bar() noexcept')],
  ['an ABI tag', stack('std::__cxx11::basic_string<char>::_M_assign[abi:cxx11](int)')],
  ['decltype(auto)', stack('decltype(auto) foo<int>(int&&)')],
  ['Objective-C', stack('-[NSView setFrame:]', '+[Foo barWithBaz:quux:]', '__33-[Foo bar]_block_invoke')],
  ['Swift, mangled', stack('$s4main3FooC3baryyF')],
  ['C++, mangled', stack('_ZN3foo3barEv')],
  ['MSVC, mangled', stack('?bar@Foo@@QEAAXXZ')],
  ['stdcall decorations', stack('_Foo@12', '@Foo@8')],
  ['JavaScript frames', stack('js::jit::MaybeEnterJit(JSContext*, js::RunState&)', 'js_Interpret')],
  ['Rust v0, mangled', rust('_RNvCs1234_7mycrate3foo', '_RNvMs_NtCs0_4core3numj3pow')],
  ['Rust v0, demangled', rust('<mycrate[1a2b3c]::Foo as core[4d5e]::fmt::Display>::fmt')],
  ['Rust legacy with a hash', rust('mycrate::foo::h0123456789abcdef')],
  ['Rust closures', rust('mycrate::foo::{{closure}}', 'mycrate::foo::{closure#0}', 'mycrate::foo::{closure_env#1}')],
  [
    'Rust closure in generics',
    rust('core::iter::traits::iterator::Iterator::for_each::call<u8, mycrate::foo::{closure_env#0}>'),
  ],
  [
    'Rust trait objects',
    rust('<dyn mycrate::Foo as mycrate::Bar>::baz', '<&mut dyn core::fmt::Write as core::fmt::Write>::write_str'),
  ],
  ['Rust impl blocks', rust('mycrate::<impl mycrate::Foo for u8>::bar', 'core::num::<impl u32>::from_str_radix')],
  ['Rust arrays', rust('<[T; N] as core::ops::Index<I>>::index', '<[T] as core::slice::Concat<U>>::concat')],
  [
    'Rust tuples and pointers',
    rust('<(A, B) as mycrate::Pair>::swap', 'mycrate::f<*const u8>', 'mycrate::g<fn(u8) -> u8>'),
  ],
  ['Rust with an arrow in generics', rust('mycrate::call<fn(i32) -> i32>')],
  [
    'Rust 1.34 short names',
    {
      ...rust('panic'),
      threads: [
        {
          frames: [
            { function: 'panic', file: 'git:github.com/rust-lang/rust:src/libcore/panicking.rs:1' },
            { function: 'x::y' },
          ],
        },
      ],
    },
  ],
  [
    'modules without symbols',
    frames(
      { module: 'XUL.DLL', module_offset: '0x12', offset: '0x1' },
      { module: 'xul.dll', offset: '0x2' },
      { module: 'KERNEL32.dll', offset: '0x3' },
    ),
  ],
  ['modules in brackets', frames({ module: '[vdso]', offset: '0x1' }, { module: '[[x]', offset: '0x2' })],
  ['a module named like a directory', frames({ module: 'a b/c.dll', offset: '0x1' })],
  [
    'unloaded modules',
    frames({ unloaded_modules: [{ module: 'old.dll', offsets: ['0x1'] }, { module: 'b.dll' }], offset: '0x1' }),
  ],
  ['unloaded modules without a name', frames({ unloaded_modules: [{}], offset: '0x1' })],
  ['addresses alone', frames({ offset: '0x0000000000001234' }, { offset: '0xDEADBEEF' }, { offset: '0x0' })],
  [
    'files without functions',
    frames(
      { file: 'C:\\a\\b\\c.cpp', line: 7, module: 'x.dll' },
      { file: '/a/b/', line: 3 },
      { file: 'c.h', line: 0, module: 'y.dll' },
    ),
  ],
  ['paths with both kinds of slash', frames({ file: 'a\\b/c.c', line: 1 }, { file: '\\\\x/', line: 2 })],
  [
    'odd file paths',
    frames({ file: 's3:bucket:hash/gen/a.cpp:', line: 7 }, { file: 'a:b:c:d:e', line: 7 }, { file: ':::', line: 7 }),
  ],
  [
    'inlined calls',
    frames({
      function: 'outer',
      file: 'a.cpp',
      line: 1,
      module: 'x.dll',
      inlines: [
        { function: 'memcpy', file: 'b.h', line: 2 },
        { function: 'inner<int>(char)', file: 'c.h', line: 3 },
      ],
    }),
  ],
  [
    'inlined calls without names',
    frames({
      function: 'outer',
      module: 'x.dll',
      module_offset: '0x5',
      inlines: [{ function: null, file: 'b.h', line: 2 }, {}],
    }),
  ],
  ['forty frames and more', stack(...Array.from({ length: 60 }, () => 'memcpy'), 'foo')],
  ['ten thousand frames of recursion', stack(...Array.from({ length: 10_000 }, () => 'recurse(int)'))],
  ['frames without names', frames({}, {}, {})],
  ['frames without names, then one with', frames({}, { function: 'memcpy' }, {}, { function: 'foo' })],
  ['no frames', { threads: [{ frames: [] }] }],
  ['no threads', { threads: [] }],
  ['nothing', {}],
  ['a long name', stack(`a::${'b'.repeat(300)}::c`)],
  ['a long chain', stack(...Array.from({ length: 30 }, (_, index) => `memcpy_chk_${index}`))],
  ['a hang with a number', { ...stack('foo'), hang: 1 }],
  ['a hang with a text', { ...stack('foo'), hang: 'ui' }],
  ['a hang that is empty', { ...stack('foo'), hang: '' }],
  ['a hang and an abort', { ...stack('foo'), hang: 1, abort_message: '###!!! ABORT: bad: file x.cpp, line 1' }],
  ['an abort without a message', { ...stack('foo'), abort_message: '' }],
  ['an abort of 80 characters', { ...stack('foo'), abort_message: `###!!! ABORT: ${'y'.repeat(80)}` }],
  ['an abort of 81 characters', { ...stack('foo'), abort_message: `###!!! ABORT: ${'y'.repeat(81)}` }],
  [
    'an abort with parentheses',
    { ...stack('foo'), abort_message: '###!!! ABORT: unable to find a usable font (a (b) c) d: file x' },
  ],
  [
    'an abort with parentheses the wrong way round',
    { ...stack('foo'), abort_message: '###!!! ABORT: unable to find a usable font )x( y' },
  ],
  [
    'two aborts in one message',
    { ...stack('foo'), abort_message: '###!!! ABORT: a ###!!! ABORT: b: file x.cpp, line 1' },
  ],
  ['out of memory, small', { ...stack('NS_ABORT_OOM(unsigned long)', 'foo'), oom_allocation_size: 262_144 }],
  ['out of memory, large', { ...stack('NS_ABORT_OOM(unsigned long)', 'foo'), oom_allocation_size: 262_145 }],
  ['out of memory, unknown', stack('NS_ABORT_OOM(unsigned long)', 'foo')],
  ['out of memory, size 0', { ...stack('foo'), oom_allocation_size: 0 }],
  ['out of memory in Rust', rust('alloc::oom::oom', 'foo')],
  [
    'out of memory by last error',
    {
      os: 'Windows NT',
      crashing_thread: 0,
      threads: [{ frames: [{ function: 'foo' }], last_error_value: 'ERROR_COMMITMENT_LIMIT' }],
    },
  ],
  ['out of memory by reason', { ...stack('foo'), reason: 'STATUS_FATAL_MEMORY_EXHAUSTION' }],
  ['out of memory by another reason', { ...stack('foo'), reason: 'EXCEPTION / STATUS_NO_MEMORY' }],
  ['out of memory in JavaScript', { ...stack('foo'), js_large_allocation_failure: 'Reporting' }],
  ['a stack overflow', { ...stack('foo', 'foo'), reason: 'EXCEPTION_STACK_OVERFLOW' }],
  ['bad hardware', { ...stack('foo'), reason: 'EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR' }],
  ['a dump that could not be walked', { mdsw_status_string: 'EmptyMinidump' }],
  [
    'everything at once',
    {
      ...stack('NS_ABORT_OOM'),
      hang: 2,
      oom_allocation_size: 1e6,
      ipc_message_name: 'PFoo::Msg',
      reason: 'EXCEPTION_STACK_OVERFLOW',
      abort_message: 'x',
    },
  ],
  [
    'an IPC error in the browser',
    { ...stack('foo'), ipc_channel_error: 'ShutDownKill', additional_minidumps: ['upload_file_minidump_browser'] },
  ],
  ['an IPC error in the content', { ...stack('foo'), ipc_channel_error: 'y'.repeat(150) }],
  [
    'a shutdown timeout',
    { ...stack('foo'), async_shutdown_timeout: '{"phase":"p","conditions":[{"name":"b"},{"name":"a"}]}' },
  ],
  ['a shutdown timeout without a phase', { ...stack('foo'), async_shutdown_timeout: '{"phase":"","conditions":[]}' }],
  [
    'a shutdown timeout whose phase is no text',
    { ...stack('foo'), async_shutdown_timeout: '{"phase":5,"conditions":["a",null,2,true]}' },
  ],
  ['a shutdown timeout that is no JSON', { ...stack('foo'), async_shutdown_timeout: 'no' }],
  ['Java', { java_stack_trace: 'java.lang.Error: x\n\tat a.B.c(B.java:7)\n\tat d.E.f(E.java:8)' }],
  ['Java with an address', { java_stack_trace: 'a.B: thing@0123abcd\n\tat a.B.c(B.java:7)' }],
  ['Java with causes', { java_stack_trace: 'a.B: x\n\tat a.B.c(B.java:7)\nCaused by: d.E: y\n\tat d.E.f(E.java:8)' }],
  ['Java without a frame', { java_stack_trace: 'a.B: x' }],
  ['Java that is empty', { java_stack_trace: '' }],
  [
    'a Java exception',
    {
      java_exception: {
        exception: {
          values: [
            { stacktrace: { module: 'a.b', type: 'E', frames: [{ module: 'c.D', function: 'f', filename: 'D.kt' }] } },
          ],
        },
      },
    },
  ],
  [
    'a Java exception without frames',
    { java_exception: { exception: { values: [{ stacktrace: { module: 'a.b', type: 'E', frames: [] } }] } } },
  ],
  [
    'a Java exception whose type is null',
    { java_exception: { exception: { values: [{ stacktrace: { module: 'a.b', type: null, frames: [{}] } }] } } },
  ],
  [
    'a Java exception whose type is empty',
    { java_exception: { exception: { values: [{ stacktrace: { module: 'a.b', type: '', frames: [{}] } }] } } },
  ],
  ['a Java exception without anything', { java_exception: {} }],
  [
    'the crashing thread is not the first',
    { crashing_thread: 1, threads: [{ frames: [{ function: 'a' }] }, { frames: [{ function: 'b' }] }] },
  ],
  ['the crashing thread is not there', { crashing_thread: 7, threads: [{ frames: [{ function: 'a' }] }] }],
  ['spaces in names', stack('foo   bar', ' baz ')],
  ['tabs and line feeds in names', stack('foo\tbar')],
  ['brackets that never close', stack('foo<bar', 'baz(qux', 'a>b)c')],
];
