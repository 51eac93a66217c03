import type { ExceptionRecord } from '../reader/streams/exception.js';
import { hex32 } from './code-table.js';

/** Signals 1 to 31 of asm-generic/signal.h, in order. */
const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** What `si_code` 1 and up mean for a signal: asm-generic/siginfo.h, in order. */
const kinds: Record<string, readonly string[]> = {
  SIGILL: [
    'ILL_ILLOPC',
    'ILL_ILLOPN',
    'ILL_ILLADR',
    'ILL_ILLTRP',
    'ILL_PRVOPC',
    'ILL_PRVREG',
    'ILL_COPROC',
    'ILL_BADSTK',
    'ILL_BADIADDR',
  ],
  SIGTRAP: ['TRAP_BRKPT', 'TRAP_TRACE', 'TRAP_BRANCH', 'TRAP_HWBKPT', 'TRAP_UNK', 'TRAP_PERF'],
  SIGFPE: [
    'FPE_INTDIV',
    'FPE_INTOVF',
    'FPE_FLTDIV',
    'FPE_FLTOVF',
    'FPE_FLTUND',
    'FPE_FLTRES',
    'FPE_FLTINV',
    'FPE_FLTSUB',
  ],
  SIGSEGV: ['SEGV_MAPERR', 'SEGV_ACCERR', 'SEGV_BNDERR', 'SEGV_PKUERR'],
  SIGBUS: ['BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR', 'BUS_MCEERR_AR', 'BUS_MCEERR_AO'],
  SIGSYS: ['SYS_SECCOMP', 'SYS_USER_DISPATCH'],
};

/** `si_code` values of any signal, same header. 0 is SI_USER: sent by a program, which says nothing. */
const origins = new Map([
  [0x80, 'SI_KERNEL'],
  [-1, 'SI_QUEUE'],
  [-2, 'SI_TIMER'],
  [-3, 'SI_MESGQ'],
  [-4, 'SI_ASYNCIO'],
  [-5, 'SI_SIGIO'],
  [-6, 'SI_TKILL'],
  [-7, 'SI_DETHREAD'],
  [-60, 'SI_ASYNCNL'],
]);

/** Crashpad and Breakpad write this "signal" when a program asks for a dump without a crash. */
const dumpRequested = 0xffff_ffff;

/** Why a Linux or Android program died; null for a signal that has no name. */
export function linuxReason(exception: ExceptionRecord): string | null {
  const signal = exception.code === dumpRequested ? 'DUMP_REQUESTED' : signals[exception.code - 1];
  if (signal === undefined) return null;
  const kind = kinds[signal]?.[exception.flags - 1];
  if (kind !== undefined) return `${signal} / ${kind}`;
  if (exception.flags === 0) return signal;
  return `${signal} / ${origins.get(exception.flags | 0) ?? hex32(exception.flags)}`;
}
