import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as reader from '@faultline/minidump';
import { Minidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';

requireCorpus();

const folders = ['breakpad', 'chromium', 'node-minidump', 'own', 'rust-minidump'];
const dumps = !hasCorpus
  ? []
  : folders.flatMap((folder) =>
      readdirSync(corpusPath(folder))
        .filter((name) => name.endsWith('.dmp') && !name.startsWith('microdump') && name !== 'invalid-range.dmp')
        .map((name) => `${folder}/${name}`),
    );

const open = (name: string) => Minidump.open(bytesSource(readFileSync(corpusPath(name))));

const streams = Object.entries(reader).filter(
  (entry): entry is [string, reader.StreamDefinition<unknown>] =>
    typeof entry[1] === 'object' && entry[1] !== null && 'decode' in entry[1],
);

describe.skipIf(!hasCorpus)('real dumps', () => {
  it.each(dumps)('%s: every stream is read without a problem', async (name) => {
    const dump = await open(name);
    for (const [, stream] of streams) expect((await dump.get(stream)) !== null).toBe(dump.has(stream));
    expect(dump.problems).toEqual([]);
  });

  it('of Breakpad on Windows have what its golden dump says', async () => {
    const dump = await open('rust-minidump/test.dmp');
    expect(await dump.get(reader.miscInfo)).toMatchObject({ processId: 3932, processCreateTime: 1_171_480_435 });
    expect(await dump.get(reader.breakpadInfo)).toEqual({ dumpThreadId: 4544, requestingThreadId: 3060 });
    expect(await dump.get(reader.exceptionStream)).toMatchObject({
      threadId: 3060,
      code: 0xc0000005,
      information: [1n, 0x45n],
    });
  });

  it('of Windows have handles, memory infos, unloaded modules and counters', async () => {
    const dump = await open('breakpad/tiny-exe-with-cet-xsave.dmp');
    expect((await dump.get(reader.handleData))?.[0]).toMatchObject({ handle: 4n, typeName: 'File' });
    expect(await dump.get(reader.unloadedModuleList)).toMatchObject([{ name: 'shcore.dll', codeId: 'd40bc30aea000' }]);
    const [region] = (await reader.memoryMap(dump)) ?? [];
    expect(region).toMatchObject({ start: 0n, end: 0x7ffe_0000n, isReadable: false, isCommitted: false });
    const counted = await open('breakpad/write_av_non_canonical.dmp');
    expect(await counted.get(reader.systemMemoryInfo)).toMatchObject({ pageSize: 4096, processors: 16 });
    expect((await counted.get(reader.processVmCounters))?.privateUsage).toBe(0x13_9000n);
  });

  it('have an assertion where the C run time found a bad parameter', async () => {
    const dump = await open('rust-minidump/invalid-parameter.dmp');
    expect(await dump.get(reader.assertionInfo)).toMatchObject({ expression: 'format != nullptr', line: 32, type: 1 });
  });

  it('of Crashpad have annotations, also in records from before annotation objects', async () => {
    const ios = await (await open('breakpad/minidump_crashpad_annotation.dmp')).get(reader.crashpadInfo);
    expect(ios?.annotations).toContainEqual(['prod', 'xcuitest']);
    expect(ios?.modules.flatMap(({ objects }) => objects).length).toBeGreaterThan(0);
    const mac = await (await open('node-minidump/mac.dmp')).get(reader.crashpadInfo);
    expect(mac?.modules.length).toBeGreaterThan(0);
    expect(mac?.modules.every(({ objects }) => objects.length === 0)).toBe(true);
  });

  it('of Linux have their text streams', async () => {
    const dump = await open('own/crashy.dmp');
    expect((await dump.get(reader.linuxLsbRelease))?.id).toBe('debian');
    expect((await dump.get(reader.linuxMaps))?.length).toBe(43);
    expect((await dump.get(reader.linuxProcLimits))?.length).toBeGreaterThan(10);
    expect(await dump.get(reader.linuxCmdLine)).toEqual(['./crashy', 'crashy.dmp']);
    expect(await dump.get(reader.linuxEnviron)).toEqual([]);
  });

  it.each([
    ['own/crashy.dmp', 'packed', 5, '/lib/x86_64-linux-gnu/libc.so.6'],
    ['rust-minidump/linux-mini.dmp', 'aligned', 8, '/lib/x86_64-linux-gnu/libc.so.6'],
  ])('%s: shared objects of the linker, %s', async (name, _, count, library) => {
    const debug = await (await open(name)).get(reader.linuxDsoDebug);
    expect(debug?.objects).toHaveLength(count);
    expect(debug?.objects.map((object) => object.name)).toContain(library);
    expect(debug?.linkerBase).toBe(debug?.objects.find((object) => object.name.includes('/ld-'))?.offset);
  });

  it('give the bytes of streams that nobody decodes', async () => {
    const dump = await open('chromium/e0ead785-6ebd-44eb-a29b-fced5c75e46a.dmp');
    expect((await dump.rawStream(0x4b6b0002))?.byteLength).toBeGreaterThan(0);
    expect(await dump.rawStream(0x1234)).toBeNull();
  });
});
