import { bytesSource } from '@faultline/sdk/random-access-source';
import { identifyDebugFile } from '@faultline/symbols/debug-file';
import { describe, expect, it } from 'vitest';
import { elf, fat, machO, pdb, pe } from './debug-file-bytes.js';

const guid = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const guidId = '030201000504070608090A0B0C0D0E0F';
const uuid = '4C4C445655553144A11CB54B5D67FDC8';
const identify = (bytes: Uint8Array) => identifyDebugFile(bytesSource(bytes));

describe('what a native debug file is for', () => {
  it('is the build id of an ELF file, and the debug id that a minidump has for it', async () => {
    const buildId = '9397cea6a2899f116182f950fd55d97636875bf7';
    expect(await identify(elf({ buildId, debug: true }))).toEqual({
      format: 'elf',
      modules: [
        { architecture: 'x86_64', debugId: 'A6CE979389A2119F6182F950FD55D9760', codeId: buildId.toUpperCase() },
      ],
      hasDebugInfo: true,
      hasCode: true,
      debugFile: '',
    });
  });

  it('says whether an ELF file was split off its program', async () => {
    expect(await identify(elf({ buildId: 'aabb', text: null, debug: true }))).toMatchObject({
      hasCode: false,
      hasDebugInfo: true,
    });
    expect(await identify(elf({ buildId: 'aabb' }))).toMatchObject({ hasCode: true, hasDebugInfo: false });
  });

  it('is a hash of the code where an ELF file has no build id, as Breakpad makes it', async () => {
    const text = Array.from({ length: 20 }, (_, at) => at + 1);
    const folded = text.slice(0, 16).map((byte, at) => byte ^ (text[16 + at] ?? 0));
    const found = await identify(elf({ text }));
    const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    const hex = order.map((at) => (folded[at] ?? 0).toString(16).padStart(2, '0')).join('');
    expect(found?.modules).toEqual([{ architecture: 'x86_64', debugId: `${hex.toUpperCase()}0`, codeId: '' }]);
  });

  it('is timestamp and size of a binary of Windows, and what it says of its PDB', async () => {
    expect(await identify(pe({ timestamp: 0x4b4e1a2c, imageSize: 0x9000, guid, age: 0x1a }))).toEqual({
      format: 'pe',
      modules: [{ architecture: 'x86_64', debugId: `${guidId}1A`, codeId: '4B4E1A2C9000' }],
      hasDebugInfo: false,
      hasCode: true,
      debugFile: 'app.pdb',
    });
    const bare = await identify(pe({ timestamp: 0xa, imageSize: 0x1000 }));
    expect(bare).toMatchObject({ modules: [{ debugId: '', codeId: '0000000A1000' }], debugFile: '' });
  });

  it('is the GUID of a PDB with the age of its DBI stream, whatever its other age is', async () => {
    const found = await identify(pdb({ guid, infoAge: 7, dbiAge: 2 }));
    expect(found).toMatchObject({ format: 'pdb', modules: [{ architecture: 'x86_64', debugId: `${guidId}2` }] });
  });

  it('is the uuid of each binary in a Mach-O file', async () => {
    const other = 'AA'.repeat(16);
    const found = await identify(fat([machO({ uuid }), machO({ uuid: other, cpu: 0x100000c })]));
    expect(found?.modules).toEqual([
      { architecture: 'x86_64', debugId: `${uuid}0`, codeId: uuid },
      { architecture: 'arm64', debugId: `${other}0`, codeId: other },
    ]);
    expect(await identify(machO({ uuid, kind: 10, dwarf: true }))).toMatchObject({
      hasDebugInfo: true,
      hasCode: false,
    });
  });

  it('is nothing for text, packed files and classes of Java', async () => {
    for (const bytes of ['MODULE Linux', '', 'M']) expect(await identify(Buffer.from(bytes))).toBeNull();
    expect(await identify(Buffer.from('cafebabe0000003400000000', 'hex'))).toBeNull();
    expect(await identify(Buffer.from('1f8b0800', 'hex'))).toBeNull();
  });

  it('is refused for what no module of a crash is', async () => {
    await expect(identify(elf({ type: 1 }))).rejects.toThrow('it is an object file, which is not linked yet');
    await expect(identify(elf({ type: 4 }))).rejects.toThrow('it is a core dump');
    const old = Buffer.alloc(100);
    old.write('Microsoft C/C++ program database 2.00\r\n');
    await expect(identify(old)).rejects.toThrow('before Visual Studio 7');
  });
});

describe('a damaged native debug file', () => {
  const samples: [string, Buffer][] = [
    ['ELF', elf({ buildId: 'aabbccdd', debug: true })],
    ['PE', pe({ timestamp: 1, imageSize: 0x1000, guid })],
    ['PDB', pdb({ guid, infoAge: 1, dbiAge: 1 })],
    ['Mach-O', machO({ uuid, dwarf: true })],
    ['fat', fat([machO({ uuid })])],
  ];

  it.each(samples)('is refused with a reason, wherever it is cut off (%s)', async (_name, whole) => {
    for (let length = 16; length < whole.length; length += 7) {
      const outcome = await identify(whole.subarray(0, length)).then(
        () => null,
        (error: unknown) => error,
      );
      if (outcome !== null)
        expect(outcome).toMatchObject({ kind: expect.stringMatching(/Malformed|Unsupported/) as string });
    }
  });

  it.each(samples)('costs no memory and no time, whatever its counts say (%s)', async (_name, whole) => {
    let state = 12345;
    const random = (most: number) => (state = (state * 1103515245 + 12345) % 2147483648) % most;
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(whole);
      const at = 8 + random(Math.max(1, bytes.length - 12));
      bytes.writeUInt32LE([0xffffffff, 0x7fffffff, 0x10000000, random(2 ** 31)][round % 4] ?? 0, at);
      const reads: number[] = [];
      const source = bytesSource(bytes);
      const counted = {
        size: source.size,
        read: (from: number, length: number) => (reads.push(length), source.read(from, length)),
      };
      await identifyDebugFile(counted).catch((error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/^DEBUG_FILE_/) as string });
      });
      expect(Math.max(...reads)).toBeLessThanOrEqual(bytes.length);
    }
  });
});
