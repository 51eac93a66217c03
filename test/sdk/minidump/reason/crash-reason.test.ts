import { describe, expect, it } from 'vitest';
import {
  type CpuArchitecture,
  crashReason,
  type ExceptionRecord,
  type OperatingSystem,
  windowsError,
} from '@faultline/minidump';

const record = (fields: Partial<ExceptionRecord>): ExceptionRecord => ({
  threadId: 1,
  code: 0,
  flags: 0,
  chainedRecord: 0n,
  address: 0n,
  information: [],
  context: { size: 0, rva: 0 },
  ...fields,
});

async function reasonOf(os: OperatingSystem, fields: Partial<ExceptionRecord>, cpu: CpuArchitecture = 'amd64') {
  return (await crashReason(record(fields), { os, cpu })).type;
}

describe('crash reasons on Windows', () => {
  it.each([
    [{ code: 0xc0000005, information: [0n, 1n] }, 'EXCEPTION_ACCESS_VIOLATION_READ'],
    [{ code: 0xc0000005, information: [1n, 1n] }, 'EXCEPTION_ACCESS_VIOLATION_WRITE'],
    [{ code: 0xc0000005, information: [8n, 1n] }, 'EXCEPTION_ACCESS_VIOLATION_EXEC'],
    [{ code: 0xc0000005, information: [3n] }, 'EXCEPTION_ACCESS_VIOLATION'],
    [{ code: 0xc0000005 }, 'EXCEPTION_ACCESS_VIOLATION'],
    [
      { code: 0xc0000006, information: [0n, 1n, 0xffff_ffff_c000_009cn] },
      'EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR',
    ],
    [{ code: 0xc0000006, information: [8n, 1n, 0x1234_5678n] }, 'EXCEPTION_IN_PAGE_ERROR_EXEC / 0x12345678'],
    [{ code: 0xc0000006, information: [0n, 1n] }, 'EXCEPTION_IN_PAGE_ERROR'],
    [{ code: 0xc0000409, information: [2n] }, 'EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_STACK_COOKIE_CHECK_FAILURE'],
    [{ code: 0xc0000409, information: [0xfffn] }, 'EXCEPTION_STACK_BUFFER_OVERRUN / 0x00000fff'],
    [{ code: 0xc0000409 }, 'STATUS_STACK_BUFFER_OVERRUN'],
    [{ code: 0xe0000008 }, 'Out of Memory'],
    [{ code: 0xe06d7363 }, 'Unhandled C++ Exception'],
    [{ code: 0x0517a7ed }, 'Simulated Exception'],
    [{ code: 0xc000000d }, 'STATUS_INVALID_PARAMETER'],
    [{ code: 0xc06d007e }, 'FACILITY_VISUALCPP / ERROR_MOD_NOT_FOUND'],
    [{ code: 0xdeadbeef }, 'unknown 0xdeadbeef'],
  ] as const)('%o is %s', async (fields, expected) => {
    expect(
      await reasonOf('Windows NT', {
        ...fields,
        information: [...('information' in fields ? fields.information : [])],
      }),
    ).toBe(expected);
  });

  it('names error codes of GetLastError', async () => {
    expect(await windowsError(0)).toBe('ERROR_SUCCESS');
    expect(await windowsError(126)).toBe('ERROR_MOD_NOT_FOUND');
    expect(await windowsError(0xc0000034)).toBe('STATUS_OBJECT_NAME_NOT_FOUND');
    expect(await windowsError(0x7fff_ffff)).toBe('unknown 0x7fffffff');
  });

  it('takes the accessed address from the second parameter', async () => {
    const system = { os: 'Windows NT', cpu: 'amd64' } as const;
    const at = async (fields: Partial<ExceptionRecord>) => (await crashReason(record(fields), system)).address;
    expect(await at({ code: 0xc0000005, address: 7n, information: [0n, 9n] })).toBe(9n);
    expect(await at({ code: 0xc0000006, address: 7n, information: [0n, 9n, 0n] })).toBe(9n);
    expect(await at({ code: 0xc0000005, address: 7n, information: [0n] })).toBe(7n);
    expect(await at({ code: 0xc0000094, address: 7n, information: [0n, 9n] })).toBe(7n);
  });
});

describe('crash reasons on Linux and Android', () => {
  it.each([
    [{ code: 11, flags: 1 }, 'SIGSEGV / SEGV_MAPERR'],
    [{ code: 11, flags: 0 }, 'SIGSEGV'],
    [{ code: 11, flags: 0x80 }, 'SIGSEGV / SI_KERNEL'],
    [{ code: 6, flags: 0xffff_fffa }, 'SIGABRT / SI_TKILL'],
    [{ code: 6, flags: 5 }, 'SIGABRT / 0x00000005'],
    [{ code: 4, flags: 9 }, 'SIGILL / ILL_BADIADDR'],
    [{ code: 5, flags: 6 }, 'SIGTRAP / TRAP_PERF'],
    [{ code: 8, flags: 1 }, 'SIGFPE / FPE_INTDIV'],
    [{ code: 7, flags: 2 }, 'SIGBUS / BUS_ADRERR'],
    [{ code: 31, flags: 1 }, 'SIGSYS / SYS_SECCOMP'],
    [{ code: 0xffff_ffff, flags: 0 }, 'DUMP_REQUESTED'],
    [{ code: 64, flags: 1 }, 'unknown 0x00000040 / 0x00000001'],
  ])('%o is %s', async (fields, expected) => {
    expect(await reasonOf('Linux', fields)).toBe(expected);
    expect(await reasonOf('Android', fields, 'arm64')).toBe(expected);
  });
});

describe('crash reasons on macOS and iOS', () => {
  it.each([
    [{ code: 1, flags: 1 }, 'amd64', 'EXC_BAD_ACCESS / KERN_INVALID_ADDRESS'],
    [{ code: 1, flags: 13 }, 'amd64', 'EXC_BAD_ACCESS / EXC_I386_GPFLT'],
    [{ code: 1, flags: 0x105 }, 'arm64', 'EXC_BAD_ACCESS / EXC_ARM_PAC_FAIL'],
    [{ code: 1, flags: 0x105 }, 'amd64', 'EXC_BAD_ACCESS / 0x00000105'],
    [{ code: 2, flags: 1 }, 'amd64', 'EXC_BAD_INSTRUCTION / EXC_I386_INVOP'],
    [{ code: 3, flags: 1 }, 'amd64', 'EXC_ARITHMETIC / EXC_I386_DIV'],
    [{ code: 5, flags: 0x10002 }, 'arm64', 'EXC_SOFTWARE / SIGABRT'],
    [{ code: 6, flags: 1 }, 'arm64', 'EXC_BREAKPOINT / EXC_ARM_BREAKPOINT'],
    [{ code: 9, flags: 2 }, 'arm64', 'EXC_RPC_ALERT / 0x00000002'],
    [{ code: 0x43507378, flags: 0 }, 'arm64', 'Simulated Exception'],
    [{ code: 0x43506e78, flags: 0 }, 'arm64', 'Uncaught NSException'],
    [{ code: 0x1234, flags: 1 }, 'arm64', 'unknown 0x00001234 / 0x00000001'],
  ] as const)('%o on %s is %s', async (fields, cpu, expected) => {
    expect(await reasonOf('Mac OS X', fields, cpu)).toBe(expected);
    expect(await reasonOf('iOS', fields, cpu)).toBe(expected);
  });

  it.each([
    [
      { code: 11, flags: 1 << 29, information: [11n, (1n << 58n) | (180n << 7n) | 50n, 93n] },
      'EXC_RESOURCE / RESOURCE_TYPE_CPU / FLAVOR_CPU_MONITOR interval: 180s CPU limit: 50% CPU consumed: 93%',
    ],
    [
      { code: 11, flags: 2 << 29, information: [11n, (1n << 58n) | (300n << 20n) | 150n, 200n] },
      'EXC_RESOURCE / RESOURCE_TYPE_WAKEUPS / FLAVOR_WAKEUPS_MONITOR interval: 300s wakeups permitted: 150 wakeups observed: 200',
    ],
    [
      { code: 11, flags: 3 << 29, information: [11n, (1n << 58n) | 1024n, 0n] },
      'EXC_RESOURCE / RESOURCE_TYPE_MEMORY / FLAVOR_HIGH_WATERMARK high watermark limit: 1024MiB',
    ],
    [
      { code: 12, flags: 2 << 29, information: [12n, (1n << 32n) | 5n, 77n] },
      'EXC_GUARD / GUARD_TYPE_FD / GUARD_EXC_CLOSE file descriptor: 5 guard identifier: 77',
    ],
    [
      { code: 12, flags: 1 << 29, information: [12n, (0x20n << 32n) | 259n, 0n] },
      'EXC_GUARD / GUARD_TYPE_MACH_PORT / GUARD_EXC_IMMOVABLE port name: 259',
    ],
    [
      { code: 12, flags: 4 << 29, information: [12n, 0x7n << 32n, 1n] },
      'EXC_GUARD / GUARD_TYPE_VN / 0x0000000700000000 / 0x0000000000000001',
    ],
  ])('takes resources and guards apart: %o', async (fields, expected) => {
    expect(await reasonOf('Mac OS X', { ...fields, flags: fields.flags >>> 0 }, 'arm64')).toBe(expected);
  });
});

describe('crash reasons elsewhere', () => {
  it('are the numbers', async () => {
    expect(await reasonOf('Solaris', { code: 11, flags: 1 })).toBe('unknown 0x0000000b / 0x00000001');
  });
});
