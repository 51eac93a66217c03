import type { ExceptionRecord } from '../reader/streams/exception.js';
import { hex32, parseCodeTable } from './code-table.js';

/** Exceptions that have names of their own: winnt.h, the C++ and .NET run times, Chromium and Crashpad. */
const exceptions = new Map([
  [0x80000001, 'EXCEPTION_GUARD_PAGE'],
  [0x80000002, 'EXCEPTION_DATATYPE_MISALIGNMENT'],
  [0x80000003, 'EXCEPTION_BREAKPOINT'],
  [0x80000004, 'EXCEPTION_SINGLE_STEP'],
  [0xc0000005, 'EXCEPTION_ACCESS_VIOLATION'],
  [0xc0000006, 'EXCEPTION_IN_PAGE_ERROR'],
  [0xc0000008, 'EXCEPTION_INVALID_HANDLE'],
  [0xc000001d, 'EXCEPTION_ILLEGAL_INSTRUCTION'],
  [0xc0000025, 'EXCEPTION_NONCONTINUABLE_EXCEPTION'],
  [0xc0000026, 'EXCEPTION_INVALID_DISPOSITION'],
  [0xc000008c, 'EXCEPTION_BOUNDS_EXCEEDED'],
  [0xc000008d, 'EXCEPTION_FLT_DENORMAL_OPERAND'],
  [0xc000008e, 'EXCEPTION_FLT_DIVIDE_BY_ZERO'],
  [0xc000008f, 'EXCEPTION_FLT_INEXACT_RESULT'],
  [0xc0000090, 'EXCEPTION_FLT_INVALID_OPERATION'],
  [0xc0000091, 'EXCEPTION_FLT_OVERFLOW'],
  [0xc0000092, 'EXCEPTION_FLT_STACK_CHECK'],
  [0xc0000093, 'EXCEPTION_FLT_UNDERFLOW'],
  [0xc0000094, 'EXCEPTION_INT_DIVIDE_BY_ZERO'],
  [0xc0000095, 'EXCEPTION_INT_OVERFLOW'],
  [0xc0000096, 'EXCEPTION_PRIV_INSTRUCTION'],
  [0xc00000fd, 'EXCEPTION_STACK_OVERFLOW'],
  [0xc0000194, 'EXCEPTION_POSSIBLE_DEADLOCK'],
  [0xe0000008, 'Out of Memory'],
  [0xe06d7363, 'Unhandled C++ Exception'],
  [0xe0434352, 'MANAGED_EXCEPTION_CODE_V4'],
  [0x0517a7ed, 'Simulated Exception'],
]);

const accessViolation = 0xc0000005;
const inPageError = 0xc0000006;
const stackBufferOverrun = 0xc0000409;
const accesses = new Map([
  [0n, 'READ'],
  [1n, 'WRITE'],
  [8n, 'EXEC'],
]);
const facilities = new Map([[109, 'FACILITY_VISUALCPP']]);

interface Names {
  winErrors: ReadonlyMap<number, string>;
  ntStatuses: ReadonlyMap<number, string>;
  fastFail: ReadonlyMap<number, string>;
}
let names: Promise<Names> | undefined;

/** The three tables are 300 KB of text: loaded when the first Windows dump needs them. */
async function loadNames(): Promise<Names> {
  const [{ winErrors }, { ntStatuses }, { fastFailCodes }] = await Promise.all([
    import('./data/win-errors.js'),
    import('./data/nt-statuses.js'),
    import('./data/fast-fail-codes.js'),
  ]);
  return {
    winErrors: parseCodeTable(winErrors),
    ntStatuses: parseCodeTable(ntStatuses),
    fastFail: parseCodeTable(fastFailCodes),
  };
}

/** Why a Windows program died. */
export async function windowsReason(exception: ExceptionRecord): Promise<string> {
  const { code, information } = exception;
  const [first = 0n, , third = 0n] = information;
  const access = accesses.get(first);
  if (code === accessViolation && information.length >= 1 && access !== undefined) {
    return `EXCEPTION_ACCESS_VIOLATION_${access}`;
  }
  names ??= loadNames();
  const { ntStatuses, fastFail } = await names;
  if (code === inPageError && information.length >= 3 && access !== undefined) {
    const status = Number(third & 0xffff_ffffn);
    return `EXCEPTION_IN_PAGE_ERROR_${access} / ${ntStatuses.get(status) ?? hex32(status)}`;
  }
  if (code === stackBufferOverrun && information.length >= 1) {
    const failure = Number(first & 0xffff_ffffn);
    return `EXCEPTION_STACK_BUFFER_OVERRUN / ${fastFail.get(failure) ?? hex32(failure)}`;
  }
  return exceptions.get(code) ?? windowsError(code);
}

/**
 * Name of an error code, as `GetLastError` gives it: a system error, an NTSTATUS, or a system error wrapped in a
 * facility; "unknown 0x…" otherwise.
 */
export async function windowsError(code: number): Promise<string> {
  names ??= loadNames();
  const { winErrors, ntStatuses } = await names;
  const known = winErrors.get(code) ?? ntStatuses.get(code);
  if (known !== undefined) return known;
  const facility = facilities.get((code >>> 16) & 0xfff);
  const wrapped = winErrors.get(code & 0xffff);
  const hasSeverity = code >>> 28 !== 0;
  if (hasSeverity && facility !== undefined && wrapped !== undefined) return `${facility} / ${wrapped}`;
  return `unknown ${hex32(code)}`;
}
