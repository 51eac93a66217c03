/**
 * Frames that are skipped: they tell how a program died, or that it waited, never why. Names are as they stand in
 * signatures: without return type, parameters, template arguments. Expressions match from the start of a name.
 */
export const irrelevant = String.raw`
# Addresses without a module. A null call (@0x0) says something and stays.
@0x[0-9a-fA-F]{2,}$
@0x[1-9a-fA-F]$
\(unloaded None\)
<unknown in

# C library, Linux: how abort gets to the kernel
__pthread_kill
pthread_kill
__GI_(raise|kill|abort|pthread_kill|__pthread_kill|__libc_message)
__kill
kill$
tgkill
gsignal
raise$
__libc_message
__libc_start
_start$
start_thread
clone$
clone3$
__clone
__clone3
__restore_rt
__kernel_rt_sigreturn
__kernel_vsyscall
linux-gate\.so
linux-vdso
vdso$
ld-linux
ld-musl
__fortify_fail
__chk_fail
__stack_chk_fail
__strcpy_chk
__memcpy_chk
__memmove_chk
__vsnprintf_chk
__assert_fail_base
__syscall
syscall$

# C++ runtime: how an exception that nobody caught ends the program
__cxa_rethrow
__cxa_bad_cast
__cxxabiv1::
_Unwind_
__gxx_personality
std::terminate
std::__terminate
std::rethrow_exception
std::unexpected
__gnu_cxx::__verbose_terminate_handler
__clang_call_terminate
demangling_terminate_handler
__CxxFrameHandler
__FrameHandler
_CallSettingFrame
_NLG_

# Rust: the way from a panic to its handler, and the frames that start a program or thread
rust_begin_unwind
std::panicking::(begin_panic_handler|rust_panic|default_hook|try|catch|panic_count)
__rust_start_panic
__rust_begin_short_backtrace
__rust_end_short_backtrace
__rust_try
__rust_alloc_error_handler
rust_panic
core::ops::function::FnOnce::call_once
core::ops::function::impls::
<core::panic::
<alloc::boxed::Box<.*> as core::ops::function::
std::panic::
std::rt::
std::sys::backtrace::
std::sys_common::backtrace::
std::sys::unix::abort_internal
std::sys::pal::.*::abort_internal
std::process::abort
std::alloc::

# Rust: reads, writes and drops through a pointer, which say nothing of whose pointer it was
<?core::(ptr|intrinsics|mem|hint|ub_checks)::
core::ops::deref::
core::ops::drop::

# Windows: exception dispatch, waiting, the start of threads
KiUserExceptionDispatch
KiUserApcDispatch
KiUserCallbackDispatch
KiFastSystemCall
KiRaiseUserExceptionDispatcher
KiUserExceptionDispatcher
LdrpInitialize
LdrInitializeThunk
RtlDispatchException
RtlpExecuteHandlerForException
RtlpCallVectoredHandlers
RtlRaiseException
RtlRaiseStatus
RtlUnwind
RtlUserThreadStart
RtlFailFast
RtlReportException
RtlReportFatalFailure
RtlReportCriticalFailure
RtlpReportHeapFailure
RtlpHeapHandleError
RtlpHpHeapHandleError
RtlpLogHeapFailure
RtlExitUserProcess
BaseThreadInitThunk
BaseThreadStart
(Nt|Zw)(Wait|Delay|Raise|Terminate|YieldExecution|RemoveIoCompletion|Continue)
(Nt|Zw)User(Wait|Peek|Get)Message
WaitForSingleObject
WaitForMultipleObjects
MsgWaitForMultipleObjects
RaiseException
RaiseFailFastException
UnhandledExceptionFilter
TerminateProcess
ExitProcess
FatalExit
FatalAppExit
__scrt_
__security_check_cookie
__report_gsfailure
__report_securityfailure
__report_rangecheckfailure
_invalid_parameter
_invoke_watson
_invalid_parameter_noinfo
_wassert
_crt_
common_exit
common_assert
_except_handler
_C_specific_handler
__C_specific_handler
__GSHandlerCheck
wow64
ntdll\.dll
kernel32\.dll
kernelbase\.dll
ucrtbase\.dll
msvcr\d+d?\.dll
vcruntime\d+

# Modules of Linux, macOS and Android without symbols: the functions in them are those of the lists
libc\.so(\.\d+)?$
libc-\d+\.\d+(\.\d+)?\.so$
libpthread
libstdc\+\+
libc\+\+
libm\.so
libgcc
libglib-2\.0\.so
libsystem_(c|malloc)\.dylib
CoreFoundation$
Foundation$
AppKit$
UIKit(Core)?$

# macOS and iOS: how abort and uncaught exceptions get to the kernel, run loops
_sigtramp
_pthread_kill
_pthread_start
_pthread_body
_pthread_wqthread
start_wqthread
thread_start
mach_msg
__abort
__abort_with_payload
abort_with_payload
__terminate_with_payload
objc_exception_rethrow
objc_terminate
_objc_terminate
_objc_error
__objc_
__exceptionPreprocess
__CFRunLoop
CFRunLoop
__CFRUNLOOP_IS_
_dispatch_
dispatch_
libsystem_kernel\.dylib
libsystem_pthread\.dylib
libsystem_platform\.dylib
libdispatch\.dylib
libobjc\.A\.dylib
libc\+\+abi\.dylib
dyld$
start$

# Android: the runtime that calls into native code
art::
art_
art_quick_
art_jni_
_JNIEnv::
libart\.so
libart-compiler\.so
libandroid_runtime\.so
libbinder\.so
libutils\.so
libnativeloader\.so
app_process
android::AndroidRuntime
android::Looper
android::Thread
android_os_MessageQueue
__pthread_internal
__start_thread
boot.*\.oat
system@framework@
base\.odex
oatexec

# Crash reporters themselves
google_breakpad::
crashpad::
sentry__?
backtrace::
breakpad_
crash_reporter::
mach_exception

# Asserting and logging of Chromium and what is made of it
base::debug::BreakDebugger
base::debug::CollectStackTrace
base::debug::StackTrace
base::debug::DumpWithoutCrashing
base::ImmediateCrash
base::allocator::dispatcher
abort_report_np
v8::base::OS::Abort
v8::base::CodeRangeFault
V8_Fatal
node::Abort
node::Assert
node::OnFatalError
`;
