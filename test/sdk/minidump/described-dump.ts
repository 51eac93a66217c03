import {
  type DumpDescription,
  Minidump,
  type MinidumpLimits,
  walkMinidump,
  writeMinidump,
  writeMinidumpSource,
} from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';

/** Opens the dump that a description names. */
export function openDescribed(dump: DumpDescription, limits: Partial<MinidumpLimits> = {}): Promise<Minidump> {
  return Minidump.open(writeMinidumpSource(dump), { limits });
}

/** Walks it without symbols. */
export async function walkDescribed(dump: DumpDescription) {
  return walkMinidump({ source: bytesSource(await writeMinidump(dump)) });
}

/** The smallest dump that can be walked: one crashed thread in one module, three frames on its stack. */
export const smallDump: DumpDescription = {
  os: 'Linux',
  cpu: 'amd64',
  modules: [
    { base: 0x40_0000n, size: 0x1_0000, name: '/bin/app', codeView: { kind: 'elf', buildId: 'a1b2c3d4e5f60718' } },
  ],
  threads: [
    {
      id: 1,
      name: 'main',
      registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n, rbp: 0x7fff_0010n },
      stack: { start: 0x7fff_0000n, words: [0, 0, 0x7fff_0030n, 0x40_1234n, 0, 0, 0, 0x40_5678n] },
    },
  ],
  exception: {
    threadId: 1,
    code: 11,
    flags: 1,
    address: 0x45n,
    registers: { rip: 0x40_1000n, rsp: 0x7fff_0000n, rbp: 0x7fff_0010n },
  },
};
