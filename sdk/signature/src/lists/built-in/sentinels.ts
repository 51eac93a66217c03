/**
 * A stack begins at the first of these, whatever stands above: what is above is how a program reports its end. Exact
 * names, no expressions.
 */
export const sentinels = String.raw`
# Virtual calls on objects that are gone
_purecall
__cxa_pure_virtual

# Rust panics: above them only the panic's own machinery
core::panicking::panic
core::panicking::panic_fmt
core::panicking::panic_bounds_check
core::panicking::panic_nounwind
core::panicking::assert_failed
core::option::unwrap_failed
core::option::expect_failed
core::result::unwrap_failed
std::panicking::begin_panic
std::panicking::begin_panic<T>
std::panicking::begin_panic_fmt
alloc::alloc::handle_alloc_error

# Assertions of C libraries
__assert_fail
__GI___assert_fail
__assert_rtn
__assert2

# Signal trampolines: below them stands what was interrupted
_sigtramp
__restore_rt

# Exceptions that nobody caught
_CxxThrowException
__cxa_throw
objc_exception_throw

# Chromium: a check that failed
logging::LogMessage::~LogMessage
logging::CheckError::~CheckError
logging::LogMessageFatal::~LogMessageFatal
`;
