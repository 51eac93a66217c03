/**
 * Frames that say something, but not enough: they stand in the signature, and so does the next frame. Above all the
 * functions that everybody calls: copying, comparing, allocating, locking, waking, dispatching, asserting.
 */
export const prefix = String.raw`
# A call through a null pointer, and pure virtual calls
@0x0$
_purecall
__cxa_pure_virtual
__cxa_deleted_virtual

# Ending on purpose
abort$
Abort$
_abort
.*::abort$
.*[Aa]ssertion_?[Ff]ail
__assert_fail
__assert_rtn
__assert2
__assert
_assert
assert_fail
exit$
_exit$
__exit
quick_exit
std::abort
__libc_fatal
__fatal_error
panic$
die$
fatal$
DebugBreak
__debugbreak
__builtin_trap
__ubsan_
__asan_
__sanitizer_

# Exceptions and panics: what was thrown says less than who threw it
__cxa_throw
_CxxThrowException
objc_exception_throw
core::panicking::
std::panicking::begin_panic
alloc::alloc::handle_alloc_error
std::__throw_

# Checks of Chromium that failed, and memory that ran out
logging::
base::internal::
node::OOMErrorHandler
v8::internal::FatalProcessOutOfMemory
v8::base::FatalOOM
__rg_oom
rust_oom

# Memory: allocating, freeing, checking
(_*libc_|__GI_+)?(m|c|re)alloc
_?(m|c|re)alloc_base
.*[a-z_]malloc$
malloc_printerr
malloc_consolidate
_int_(malloc|free|realloc|memalign)
sysmalloc
(_*libc_|__GI_+)?free$
_?free_base
cfree
arena_
je_
tcmalloc
mi_(malloc|free|heap|page|realloc)
posix_memalign
aligned_alloc
operator (new|delete)
new(\[\])?$
delete(\[\])?$
__rdl_
__rust_(alloc|dealloc|realloc)
alloc::alloc::
<alloc::alloc::Global as
alloc::raw_vec::
alloc::vec::
<alloc::vec::Vec
alloc::string::
alloc::sync::Arc
<alloc::sync::Arc
alloc::rc::Rc
<alloc::rc::Rc
alloc::boxed::
scudo::
szone_
(tiny|small|large|nano|nanov2|medium)_(malloc|free|realloc|calloc|size|region|vm)
free_(tiny|small|large|medium|list)
malloc_(error|zone|vreport)
mfm_
xzm_
malloc_zone_
free_list_checksum_botch
(Rtl|Heap)p?(Allocate|Free|Re[Aa]llocate|Size|Validate)
RtlpAllocateHeap
RtlpFreeHeap
RtlpCoalesceFreeBlocks
RtlpLowFragHeap
RtlpHp
HeapAlloc
HeapFree
(Local|Global)(Alloc|Free|ReAlloc)
Virtual(Alloc|Free|Protect)
CoTaskMem(Alloc|Free|Realloc)
SysAllocString
SysFreeString
partition_alloc::
base::Partition
base::allocator::
allocator_shim::
WTF::Partitions::
blink::ThreadHeap
blink::ThreadState
cppgc::
mmap(64)?$
munmap$
madvise$

# Memory: copying, comparing, searching
_*(GI_)*(memcpy|memmove|memset|memcmp|memchr|mempcpy|bcopy|bzero)
_platform_(mem|str)
_VEC_mem
(Rtl)?(Copy|Move|Fill|Zero|Compare)Memory
_*(GI_)*str(n?len|n?cpy|n?cmp|n?casecmp|n?cat|r?chr|str|dup|spn|tol|toul|tod|lcpy|lcat)
_*(GI_)*wcs(n?len|n?cpy|n?cmp|n?cat|r?chr|str|dup)
_*str(n?icmp|icoll)
_*mbstowcs
lstr(cmp|cpy|len|cat)
(_*v?s?n?w?printf)(_l|_s|_chk)?$
_output_
qsort
bsearch
std::(__[0-9a-z]+::)?(basic_string|string|vector|map|set|list|deque|unordered_map|unordered_set|pair|tuple)
std::(__[0-9a-z]+::)?_[A-Z_]
std::(__[0-9a-z]+::)?__
std::(__[0-9a-z]+::)?(shared_ptr|unique_ptr|weak_ptr|function|optional|variant|any|atomic|allocator|char_traits)
std::(__[0-9a-z]+::)?(copy|move|fill|swap|sort|find|equal|less|hash|invoke|forward|get|begin|end|distance|advance)
std::(__[0-9a-z]+::)?(ostream|istream|basic_ostream|basic_istream|locale)
std::bad_alloc
__gnu_cxx::
boost::(shared_ptr|intrusive_ptr|scoped_ptr|optional|function|checked_delete|detail|unordered)
absl::
folly::
fmt::
core::slice::
core::str::
core::iter::
core::cell::
core::num::
core::fmt::
core::cmp::
core::hash::
core::sync::
core::convert::
core::ops::
core::option::
core::result::
<core::
<T as core::
<&T as core::
<I as core::
<T>::
hashbrown::
<hashbrown::
std::collections::
std::thread::
std::sync::
std::sys::
std::io::
std::time::
enum2?\$<T>::

# Locks and waiting
_*(GI_)*pthread_(mutex|rwlock|cond|spin|once|join|create|key|getspecific|setspecific|sem)
_*lll_(lock|unlock)
__psynch_
_pthread_
os_unfair_lock
_os_unfair_lock
futex
sem_(wait|post|timedwait)
__ulock
semaphore_(wait|signal|timedwait)
std::(__[0-9a-z]+::)?(mutex|recursive_mutex|shared_mutex|lock_guard|unique_lock|condition_variable|thread|call_once|future)
(Rtl|Enter|Leave|TryEnter|Delete|Initialize)p?(Enter|Leave|TryEnter|Delete|Initialize)?CriticalSection
Rtl(p)?(Acquire|Release|Sleep|Wake|Wait|TryAcquire)
(Acquire|Release|TryAcquire)SRWLock
Sleep(Ex)?$
SleepConditionVariable
Set(Event|Timer|LastError)
Interlocked
RtlInterlocked
base::(Lock|AutoLock|WaitableEvent|ConditionVariable|subtle|RefCounted|WeakPtr|WeakReference|raw_ptr)
base::(Callback|OnceCallback|RepeatingCallback|BindState|flat_map|flat_set|flat_tree|span|StringPiece)
scoped_refptr
parking_lot
<parking_lot
tokio::(sync|park)
android::(RefBase|Mutex|sp<T>|String8|String16|Vector)
bionic_

# System calls and library loading
poll$
__poll
ppoll
epoll_wait
select$
__select
kevent
(__)?(read|write|open|close|openat|fstat|stat|lseek|ioctl|fcntl|send|recv|sendmsg|recvmsg|accept|connect)$
nanosleep
usleep
sigprocmask
syscall
(Nt|Zw)[A-Z]
Ldr(p)?(Load|Unload|Get|Find|Map)
LoadLibrary
FreeLibrary
GetProcAddress
GetModuleHandle
_dl_
dl_(open|close|iterate)
dlopen
dlsym
dlclose
_?dyld_
(ReadFile|WriteFile|CreateFile|CloseHandle|DeviceIoControl)
(User|Peek|Get|Dispatch|Translate|Send|Post)Message
(Call|Def|Dispatch)WindowProc
UserCallWinProc
InternalCallWinProc
DispatchClientMessage
DispatchHookA

# Object runtimes
objc_(msgSend|release|retain|autorelease|storeStrong|loadWeak|destroyWeak|storeWeak|initWeak|opt_|alloc|getClass)
_objc_(release|retain|autorelease|rootRelease|rootRetain)
object_(dispose|cxxDestruct|getClass|setClass)
lookUpImpOrForward
-\[NSObject
-\[NSException raise
\+\[NSException raise
-\[NSApplication (_crashOnException:|reportException:|run|sendEvent:|_doModalLoop)
CF(Release|Retain|Equal|Hash|Get[A-Z]|Array|Dictionary|String|Data|Type)
_CF
swift_
_swift_
Swift\.
(I|C)Unknown
CComPtr
Microsoft::WRL::
winrt::
RoOriginate
WinRT
RoFailFast
_JNI
JNI_
JavaVM

# Modules of Windows without symbols; repeats are shown once
user32\.dll
gdi32(full)?\.dll
win32u\.dll
combase\.dll
ole32\.dll
rpcrt4\.dll
msvcp
advapi32\.dll

# Chromium, V8, Node and Electron: dispatching, checking, running out of memory
base::(RunLoop|TaskAnnotator|MessagePump|Thread|sequence_manager|internal::SequenceManager|OnTaskRunnerDeleter)
base::TerminateBecauseOutOfMemory
base::(debug|Process::Terminate)
content::(ContentMain|RunBrowserProcessMain|BrowserMain|RendererMain)
IPC::(Channel|Message)
mojo::(internal|core|Connector|MessageDispatcher|SimpleWatcher)
v8::(Function|Script|Isolate|HandleScope|TryCatch|Local|Persistent|Utils|api_internal)
v8::internal::(Execution|Invoke|Builtin|Builtins_|Isolate|Heap|Handle|Factory|MarkCompact|Scavenger|Runtime_)
v8::internal::V8::FatalProcessOutOfMemory
v8::Utils::ReportOOMFailure
v8::base::
Builtins_
node::(InternalCallbackScope|MakeCallback|InternalMakeCallback|CallbackScope|AsyncWrap::MakeCallback)
napi_(fatal|throw|call|get|set|create)
uv_(run|_run|_io_poll|__io_poll|__run|_async|mutex|cond|sem|fatal)
uv__(io_poll|run|async|work|assert)
electron::(ElectronMain|NodeBindings)
gin::
blink::(Handle|Member|Persistent|HeapObjectHeader)
WTF::(RefPtr|String|Vector|HashTable|HashMap|CrossThread|StringImpl)
`;
