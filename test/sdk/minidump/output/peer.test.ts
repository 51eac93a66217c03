import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CpuArchitecture,
  type DumpDescription,
  type JsonValue,
  type OperatingSystem,
  pointerRegisters,
  pointerSize,
  walkJson,
  walkMinidump,
  writeMinidump,
} from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { compareLeaves } from '../conformance/golden-leaves.js';
import { randomDump } from './random-dump.js';
import { randomStreams } from './random-streams.js';

/**
 * The peer reads what our writer writes, so that writer and reader can't share one mistake. Without the program
 * (`cargo install --locked minidump-stackwalk`) the tests are skipped.
 */
const peer = 'minidump-stackwalk';
const hasPeer = (() => {
  try {
    return execFileSync(peer, ['--version'], { encoding: 'utf8' }).includes('0.27');
  } catch {
    process.stderr.write(`SKIPPED: tests against ${peer} 0.27, it is not installed\n`);
    return false;
  }
})();

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-peer-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function differencesFromPeer(description: DumpDescription) {
  const bytes = await writeMinidump(description);
  const file = path.join(folder, 'written.dmp');
  writeFileSync(file, bytes);
  const golden = JSON.parse(execFileSync(peer, ['--json', file], { encoding: 'utf8', stdio: 'pipe' })) as JsonValue;
  const ours = walkJson(await walkMinidump({ source: bytesSource(bytes) }));
  const { differences } = compareLeaves(golden, ours);
  return description.cpu === 'mips64'
    ? differences.filter(({ path: leaf }) => !needsMips64Context.test(leaf))
    : differences;
}

/** rust-minidump 0.27.0 takes no context whose flags name mips64 (0x80000), as Breakpad writes them: no frames there. */
const needsMips64Context = /^threads\[\d\]\.frame|^crash_info\.possible_bit_flips/;

function describedDump(cpu: CpuArchitecture, system: OperatingSystem, littleEndian: boolean): DumpDescription {
  const pointers = pointerRegisters[cpu];
  const registers = {
    [pointers.instruction]: 0x40_1000n,
    [pointers.stack]: 0x7fff_0000n,
    ...(cpu === 'x86' && { ebp: 0x7fff_0008n }),
  };
  const isWindows = system === 'Windows NT';
  const isMac = system === 'Mac OS X' || system === 'iOS';
  const codeView =
    isWindows || isMac
      ? ({ kind: 'pdb70', debugId: '5A9832E5287241C1838ED98914E9B7FF1c', path: 'app.pdb' } as const)
      : ({ kind: 'elf', buildId: '0102030405060708090a0b0c0d0e0f1011121314' } as const);
  const width = pointerSize(cpu);
  const words = [
    1,
    2,
    0x7fff_0000n + BigInt(6 * width),
    0x40_1234n,
    0,
    0x40_0100n,
    0,
    0x40_5678n,
    0x50_0010n,
    0x7000_1234n,
    0,
  ];
  return {
    os: system,
    cpu,
    littleEndian,
    system: {
      majorVersion: 10,
      minorVersion: 1,
      buildNumber: 19_041,
      csdVersion: 'Service Pack 2',
      vendor: 'GenuineIntel',
      processorCount: 4,
      processorLevel: 7,
      arm: { mainId: 0x4100c090, capabilities: 0x3f },
    },
    threads: [
      { id: 3, registers: { [pointers.instruction]: 0x12n, [pointers.stack]: 0x1n } },
      { id: 7, name: 'main \u00e9', registers, stack: { start: 0x7fff_0000n, words } },
      { id: 8, teb: 0x6000_0000n },
      { id: 9, name: 'writer', registers },
    ],
    modules: [
      {
        base: 0x40_0000n,
        size: 0x1_0000,
        name: isWindows ? 'C:\\app\\app.exe' : '/app/app',
        timestamp: 0x5f00_0000,
        version: '1.2.3.4',
        codeView,
      },
      {
        base: 0x50_0000n,
        size: 0x1000,
        name: '/lib/overlap',
        codeView: { kind: 'pdb20', timestamp: 0x1234_abcd, age: 31, path: 'x/y.pdb' },
      },
      { base: 0x50_0800n, size: 0x1000, name: '/lib/overlapped' },
    ],
    unloadedModules: [
      { base: 0x7000_0000n, size: 0x2000, name: 'b.dll', timestamp: 5 },
      { base: 0x7000_1000n, size: 0x2000, name: 'C:\\a.dll', timestamp: 6 },
    ],
    exception: {
      threadId: 7,
      code: isWindows ? 0xc0000005 : isMac ? 1 : 11,
      flags: 1,
      address: 0x1234n,
      information: [1n, 0xffff_ffff_f000_0045n],
      registers,
    },
    memory: [
      {
        start: 0x6000_0000n + 13n * BigInt(width),
        contents: littleEndian ? Uint8Array.of(126, 0, 0, 0) : Uint8Array.of(0, 0, 0, 126),
      },
    ],
    miscInfo: { version: 2, processId: 4242, createTime: 1_699_999_900 },
    breakpadInfo: { dumpThreadId: 9, requestingThreadId: 8 },
    handles: [{ handle: 4, typeName: 'File', objectName: 'C:\\x' }, { handle: 8 }],
    linux: {
      cpuinfo: 'processor : 0\nmicrocode : 0x2b\n',
      lsbRelease: 'ID="x y"\nVERSION_ID=2\nDISTRIB_RELEASE=3\nPRETTY_NAME=X Y 2\n',
      maps: '00400000-00410000 r-xp 00000000 00:00 0 /app/app\n',
      limits: 'Limit  Soft Limit  Hard Limit  Units\nMax open files   20000   unlimited   files\n',
    },
    macCrashInfo: [
      {
        version: 5,
        thread: 1n,
        dialogMode: 2n,
        abortCause: 3n,
        modulePath: '/x',
        message: 'abort',
        signature: 's',
        backtrace: 'b',
        message2: 'm',
      },
      { version: 5 },
    ],
    macBootArgs: '-v',
    softErrors: '{"b":[1,{"z":null,"a":"x"}]}',
  };
}

type Exception = NonNullable<DumpDescription['exception']>;
interface CrashCase {
  os: OperatingSystem;
  cpu: CpuArchitecture;
  exception: Exception;
}
const crash = (os: OperatingSystem, cpu: CpuArchitecture, exception: Omit<Exception, 'threadId'>): CrashCase => ({
  os,
  cpu,
  exception: { threadId: 1, ...exception },
});

const guardInformation = [12, (1n << 32n) | 5n, 77n];
const crashes: CrashCase[] = [
  ...[0, 1, 8, 3].map((access) => crash('Windows NT', 'amd64', { code: 0xc0000005, information: [access, 0x1234] })),
  ...[0xc0000006, 0xc0000409].flatMap((code) =>
    [[], [2], [0, 5, 0xc000_009c], [8, 5, 0x1234_5678]].map((information) =>
      crash('Windows NT', 'x86', { code, information }),
    ),
  ),
  ...[0x80000003, 0xe0000008, 0xe06d7363, 0xe0434352, 0x0517a7ed, 0xc06d007e, 0xc000000d, 5, 0xdead_beef].map((code) =>
    crash('Windows NT', 'amd64', { code }),
  ),
  ...[4, 5, 6, 7, 8, 11, 19, 31, 32, 0xffff_ffff].flatMap((code) =>
    [0, 2, 0x80, 0xffff_fffa, 77].map((flags) => crash('Linux', 'amd64', { code, flags })),
  ),
  ...[1, 2, 3, 4, 5, 6, 9, 10, 0x43507378].flatMap((code) =>
    [1, 13, 0x101, 0x10002].flatMap((flags) =>
      (['arm64', 'amd64', 'ppc'] as const).map((cpu) => crash('Mac OS X', cpu, { code, flags })),
    ),
  ),
  ...[1, 2, 3, 4, 5, 6, 0].map((type) =>
    crash('iOS', 'arm64', { code: 12, flags: (type << 29) >>> 0, information: guardInformation }),
  ),
];

/** In both, stacks of ppc and sparc are not walked; riscv is unknown to the peer. */
const cpus: CpuArchitecture[] = ['x86', 'amd64', 'arm', 'arm64', 'ppc', 'ppc64', 'sparc', 'mips', 'mips64'];
const systems: OperatingSystem[] = ['Windows NT', 'Linux', 'Android', 'Mac OS X', 'iOS'];

describe.skipIf(!hasPeer)('minidump-stackwalk on dumps of our writer', () => {
  describe.each(cpus)('%s', (cpu) => {
    it.each(systems)('%s: agrees in every leaf', async (system) => {
      expect(await differencesFromPeer(describedDump(cpu, system, true))).toEqual([]);
    });

    it('agrees in the other byte order', async () => {
      expect(await differencesFromPeer(describedDump(cpu, 'Linux', false))).toEqual([]);
    });
  });

  it('agrees on why programs died', { timeout: 60_000 }, async () => {
    const differing: unknown[] = [];
    for (const one of crashes) {
      const differences = await differencesFromPeer({ ...one, threads: [{ id: 1 }] });
      differing.push(...differences.map((difference) => ({ ...one, difference })));
    }
    expect(differing).toEqual([]);
  });

  it('agrees on random stacks', { timeout: 60_000 }, async () => {
    const differing: unknown[] = [];
    for (let seed = 1; seed <= 80; seed++) {
      const differences = await differencesFromPeer(randomDump(seed));
      if (differences.length > 0) differing.push({ seed, first: differences[0] });
    }
    expect(differing).toEqual([]);
  });

  it('agrees on odd streams, names and values', { timeout: 60_000 }, async () => {
    const differing: unknown[] = [];
    for (let seed = 1; seed <= 120; seed++) {
      const differences = await differencesFromPeer(randomStreams(seed));
      if (differences.length > 0) differing.push({ seed, first: differences[0] });
    }
    expect(differing).toEqual([]);
  });

  it('agrees on memory that only Memory64List has', async () => {
    const dump = describedDump('amd64', 'Linux', true);
    const [first, second, ...rest] = dump.threads ?? [];
    const stack = { start: 0x7fff_0000n, isElsewhere: true };
    const threads = [first, { ...second, stack }, ...rest].filter(
      (thread) => thread !== undefined,
    ) as typeof dump.threads;
    const words = BigUint64Array.of(0n, 0n, 0x40_1234n, 0n, 0x40_5678n);
    const memory64 = [{ start: 0x7fff_0000n, contents: new Uint8Array(words.buffer) }];
    expect(await differencesFromPeer({ ...dump, ...(threads && { threads }), memory64 })).toEqual([]);
  });
});
