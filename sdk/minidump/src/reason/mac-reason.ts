import type { CpuArchitecture } from '../model/cpu.js';
import type { ExceptionRecord } from '../reader/streams/exception.js';
import { hex32 } from './code-table.js';
import { commonCodes, cpuCodes, exceptionTypes } from './data/mac-codes.js';
import { guardReason, resourceReason } from './mac-resource-reason.js';

/** Crashpad's own exception types: a dump without a crash, and an Objective-C exception that nobody caught. */
const simulated = 0x43507378;
const uncaughtNsException = 0x43506e78;

const families: Partial<Record<CpuArchitecture, keyof typeof cpuCodes>> = {
  arm64: 'arm64',
  x86: 'x86',
  amd64: 'x86',
  ppc: 'ppc',
};

/** Why a macOS or iOS program died; null for an exception type that has no name. */
export function macReason(exception: ExceptionRecord, cpu: CpuArchitecture): string | null {
  const { code, flags, information } = exception;
  // Mach exception types begin at 1. Crashpad before 2021 writes 0 for a dump without a crash (simple-crashpad.dmp of
  // the corpus).
  if (code === simulated || (code === 0 && flags === 0)) return 'Simulated Exception';
  if (code === uncaughtNsException) return 'Uncaught NSException';
  const type = exceptionTypes[code];
  if (type === undefined) return null;
  const [, first = 0n, second = 0n] = information;
  if (type === 'EXC_RESOURCE') return resourceReason(flags, first, second) ?? plain(type, flags);
  if (type === 'EXC_GUARD') return guardReason(flags, first, second) ?? plain(type, flags);
  const family = families[cpu];
  const known = commonCodes[type]?.[flags] ?? (family === undefined ? undefined : cpuCodes[family][type]?.[flags]);
  return known === undefined ? plain(type, flags) : `${type} / ${known}`;
}

function plain(type: string, flags: number): string {
  return `${type} / ${hex32(flags)}`;
}
