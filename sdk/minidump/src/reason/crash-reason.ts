import type { AbsoluteAddress } from '@faultline/sdk/units';
import { pointerSize } from '../model/cpu.js';
import type { ExceptionRecord } from '../reader/streams/exception.js';
import type { SystemInfo } from '../reader/streams/system-info.js';
import { hex32 } from './code-table.js';
import { linuxReason } from './linux-reason.js';
import { macReason } from './mac-reason.js';
import { windowsReason } from './windows-reason.js';

export interface CrashReason {
  /** "SIGSEGV / SEGV_MAPERR", "EXCEPTION_ACCESS_VIOLATION_READ", "unknown 0x… / 0x…". */
  type: string;
  /** The address that could not be accessed, or that of the instruction. */
  address: AbsoluteAddress;
}

/** What an exception record means on its system. */
export async function crashReason(
  exception: ExceptionRecord,
  system: Pick<SystemInfo, 'os' | 'cpu'>,
): Promise<CrashReason> {
  return { type: await reasonText(exception, system), address: crashAddress(exception, system) };
}

async function reasonText(exception: ExceptionRecord, system: Pick<SystemInfo, 'os' | 'cpu'>): Promise<string> {
  const unknown = `unknown ${hex32(exception.code)} / ${hex32(exception.flags)}`;
  switch (system.os) {
    case 'Windows NT':
      return windowsReason(exception);
    case 'Linux':
    case 'Android':
      return linuxReason(exception) ?? unknown;
    case 'Mac OS X':
    case 'iOS':
      return macReason(exception, system.cpu) ?? unknown;
    default:
      return unknown;
  }
}

const accessViolation = 0xc0000005;
const inPageError = 0xc0000006;

/**
 * Windows tells the address that was accessed in the second parameter of two exceptions. On 32-bit CPUs the upper half
 * is dropped: writers extend the sign (seen in rust-minidump's minidump_32bit_crash_addr.dmp).
 */
function crashAddress(exception: ExceptionRecord, system: Pick<SystemInfo, 'os' | 'cpu'>): AbsoluteAddress {
  const isAccess = exception.code === accessViolation || exception.code === inPageError;
  const accessed = system.os === 'Windows NT' && isAccess ? exception.information[1] : undefined;
  const address = accessed ?? exception.address;
  return pointerSize(system.cpu) === 4 ? BigInt.asUintN(32, address) : address;
}
