import type {
  CodeViewDescription,
  CpuArchitecture,
  DumpDescription,
  ModuleDescription,
  OperatingSystem,
} from '@faultline/minidump';
import { randomFrom } from '../fuzz/mutate.js';

const systems: OperatingSystem[] = ['Windows NT', 'Linux', 'Mac OS X', 'Android', 'iOS', 'Solaris', 'PS3', 'NaCl'];
const cpus: CpuArchitecture[] = ['x86', 'amd64', 'arm', 'arm64', 'mips', 'ppc', 'ppc64', 'sparc'];
const narrow: CpuArchitecture[] = ['x86', 'arm', 'mips', 'ppc', 'sparc'];
const names = [
  ...['/bin/app', 'C:\\x\\y.dll', '', '/', '\\', 'a/b\\c.exe', 'näme😀.so', '/lib/x (deleted)', '[vdso]', '.', '..'],
  ...['a.pdb', 'x'.repeat(300), '/dir/'],
];
const uname = 'Linux 5.4.0-42 #46 SMP Fri Jul 10 00:24:02 UTC 2020 x86_64';
const servicePacks = [
  ...[
    '',
    'Service Pack 1',
    `${uname} Linux/GNU`,
    `${uname} GNU/Linux`,
    uname,
    '  ',
    'Linux',
    '0.0.0',
    'Linux 0.0.0 #1',
  ],
];
const cpuInfos = [
  ...['processor\t: 0\nmicrocode\t: 0x2b\n', 'microcode: 2b\n', 'microcode : 0xZZ\n', 'x\n', 'microcode : "0x5"\n'],
  'microcode\t:\t0xffffffffffffffffff\n',
];
const statuses = [
  ...['Name: a\nPid:\t77\n', 'Pid: x\n', 'Pid: \n', 'Name: a\n', 'Pid: -1\n', 'Pid: 4294967296\n', 'Pid: +5\n'],
];
const releases = [
  'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE="22.04"\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION="Ubuntu 22.04.1 LTS"\n',
  ...['ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian"\n', 'junk\n', 'ID=\nID="a b"\n', 'ID=""x""\n', "ID='x'\n"],
];
const limits =
  'Limit                     Soft Limit           Hard Limit           Units     \n' +
  'Max cpu time              unlimited            unlimited            seconds   \n' +
  'Max nice priority         0                    0                    \n';

/**
 * A dump with streams of all kinds, odd names and values among them. Left out is where rust-minidump 0.27.0 is known to
 * be wrong: one unloaded module of size 0 costs it the whole list, and MemoryInfoList in big endian.
 */
export function randomStreams(seed: number): DumpDescription {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const word32 = () => below(0x1_0000_0000);
  const hex = (digits: number) => Array.from({ length: digits }, () => '0123456789abcdef'[below(16)]).join('');
  const maybe = <T>(chance: number, make: () => T): T | undefined => (random() < chance ? make() : undefined);
  const cpu = pick(cpus);
  const codeView = (): CodeViewDescription | undefined => {
    const guid = pick([hex(32).toUpperCase(), '0'.repeat(32)]);
    const forms: (CodeViewDescription | undefined)[] = [
      undefined,
      { kind: 'pdb70', debugId: guid + pick(['0', '1', 'a', 'ffffffff']), path: pick(names) },
      { kind: 'pdb20', timestamp: word32(), age: below(100), path: pick(names) },
      { kind: 'elf', buildId: pick([hex(40), hex(8), hex(32), '0'.repeat(40), hex(64), '']) },
      { kind: 'raw', bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) },
    ];
    return pick(forms);
  };
  const module = (): ModuleDescription => {
    const identity = codeView();
    const version = maybe(0.6, () => pick(['1.2.3.4', '0.0.0.0', '65535.65535.65535.65535']));
    return {
      base: BigInt(0x40_0000 + below(8) * 0x8000),
      size: pick([0, 0x1000, 0x8000, 0x1_0000, 0x10_0000]),
      name: pick(names),
      timestamp: word32(),
      checksum: word32(),
      ...(version !== undefined && { version }),
      ...(identity !== undefined && { codeView: identity }),
    };
  };
  const code = 0x40_1000n + BigInt(below(100));
  const registers = {
    ...{ eip: code, rip: code, pc: code, srr0: code },
    ...{ esp: 0x7fff_0000n, rsp: 0x7fff_0000n, sp: 0x7fff_0000n, r1: 0x7fff_0000n, g_r14: 0x7fff_0000n },
  };
  const words = Array.from({ length: 60 }, () =>
    pick([0n, 0x40_1000n + BigInt(below(0x3_0000)), 0x7fff_0000n + BigInt(below(240)), 0x7000_0000n]),
  );
  const ids = Array.from({ length: 1 + below(5) }, () => 1 + below(6));
  const tebError = 13n * (narrow.includes(cpu) ? 4n : 8n);
  const text = (value: string) => pick(['', value]);
  const parts = {
    modules: maybe(0.9, () => Array.from({ length: below(6) }, module)),
    exception: maybe(0.8, () => {
      const own = maybe(0.8, () => registers);
      return {
        threadId: pick([...ids, 99]),
        code: pick([11, 0xc0000005, 1]),
        flags: below(3),
        address: pick([0n, 0x45n, 0xffff_ffff_8000_1234n]),
        information: [pick([0, 1, 8]), pick([0n, 0xffff_ffff_8000_1234n])],
        ...(own && { registers: own }),
      };
    }),
    breakpadInfo: maybe(0.5, () => ({ dumpThreadId: pick([...ids, 98]), requestingThreadId: pick([...ids, 97]) })),
    unloadedModules: maybe(0.5, () =>
      Array.from({ length: below(4) }, () => ({
        base: BigInt(0x7000_0000 + below(3) * 0x800),
        size: pick([0x1000, 0x2000]),
        name: pick(names),
        timestamp: word32(),
      })),
    ),
    handles: maybe(0.3, () => [{ handle: 4, typeName: text('File'), objectName: text('C:\\x') }, { handle: 2 ** 32 }]),
    miscInfo: maybe(0.5, () => ({
      version: pick([1, 2, 3, 4, 5] as const),
      processId: word32(),
      ...(random() < 0.6 && { createTime: pick([0, 1_700_000_001, 1_699_999_999]) }),
    })),
    linux: maybe(0.6, () => ({
      cpuinfo: pick(cpuInfos),
      status: pick(statuses),
      lsbRelease: pick(releases),
      ...(random() < 0.5 && { limits }),
      ...(random() < 0.6 && { maps: '00400000-00410000 r-xp 00000000 00:00 0 /bin/app\n' }),
    })),
    macCrashInfo: maybe(0.4, () =>
      Array.from({ length: below(4) }, () => ({
        version: 5,
        thread: pick([0n, 1n]),
        abortCause: pick([0n, 3n]),
        modulePath: text('/x'),
        message: text('m'),
        signature: text('s'),
        backtrace: text('b'),
        message2: text('z'),
      })),
    ),
    macBootArgs: maybe(0.3, () => pick(['-v', '', 'äöü'])),
    softErrors: maybe(0.3, () => pick(['{}', '[1,2]', 'null', '"x"', '{"a":{"b":[null,1.5,true]}}', 'not json'])),
  };
  return {
    os: pick(systems),
    cpu,
    littleEndian: random() < 0.7,
    timestamp: pick([0, 1, 1_700_000_000, 0xffff_ffff]),
    system: {
      majorVersion: pick([0, 0, 10]),
      minorVersion: pick([0, 0, 1]),
      buildNumber: pick([0, 0, 19_041]),
      csdVersion: pick(servicePacks),
      vendor: pick(['GenuineIntel', 'AuthenticAMD', '', '\0']),
      processorLevel: below(30),
      processorRevision: below(65_536),
      processorCount: below(256),
      ...(cpu === 'arm' && {
        arm: { mainId: pick([0, 0x4100c090, word32()]), capabilities: pick([0, 0x3f, word32()]) },
      }),
    },
    threads: ids.map((id) => ({
      id,
      teb: pick([0n, 0x6000_0000n, 0x6000_1000n]),
      ...(random() < 0.5 && { name: pick(['main', '', '😀', 'a\0b', 'x'.repeat(200)]) }),
      ...(random() < 0.9 && { registers }),
      ...(random() < 0.9 && { stack: { start: 0x7fff_0000n, words } }),
    })),
    memory: [
      { start: 0x6000_0000n + tebError, contents: Uint8Array.of(pick([0, 5, 126]), 0, 0, 0) },
      { start: 0x6000_1000n + tebError, contents: Uint8Array.of(1, 2, 3, 0xc0) },
    ],
    ...withoutUndefined(parts),
  };
}

function withoutUndefined<T extends object>(parts: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}
