import { describe, expect, it } from 'vitest';
import { takeFromApp } from '../../../desktop/renderer/src/local/intake/app-files.js';
import {
  droppedFiles,
  filesOfFolder,
  type Incoming,
} from '../../../desktop/renderer/src/local/intake/dropped-files.js';
import type { FaultlineBridge } from '../../../desktop/shared/bridge.js';
import type { GivenFiles, OpenFile } from '../../../desktop/shared/ipc.js';

/** The app's main process, with files of any size that hold what they begin with and then zeros. */
function app(files: Record<string, { begins: string; size: number }>) {
  const read: string[] = [];
  const opened = Object.entries(files).map(([name, { size }]): OpenFile => ({
    handle: name,
    name,
    path: `folder/${name}`,
    size,
    modifiedAt: 5,
  }));
  const answers: Record<string, (ask: never) => unknown> = {
    'files.choose': (): GivenFiles => ({
      files: opened,
      unreadable: [{ path: 'folder/x', code: 'EACCES' }],
      isCut: true,
    }),
    'files.read': ({ handle, offset, length }: { handle: string; offset: number; length: number }) => {
      read.push(`${handle} ${offset}+${length}`);
      const { begins = '', size = 0 } = files[handle] ?? {};
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      if (offset === 0) bytes.set(Buffer.from(begins).subarray(0, length));
      return bytes;
    },
    'files.close': () => null,
  };
  const bridge = {
    ask: (name: string, ask: never) => Promise.resolve(answers[name]?.(ask)),
    on: () => () => undefined,
  } as FaultlineBridge;
  return { bridge, read };
}

async function given(bridge: FaultlineBridge): Promise<Incoming> {
  const incoming = await takeFromApp(bridge, 'files.choose', { what: 'folder' });
  if (incoming === null) throw new Error('nothing was given');
  return incoming;
}

describe('files that the app gives', () => {
  it('are opened only when they are needed, and once', async () => {
    const { bridge, read } = app({ 'a.sym': { begins: 'MODULE', size: 10 } });
    const { files, unreadable, isCut } = await given(bridge);
    expect([unreadable, isCut, read]).toEqual([[{ path: 'folder/x', code: 'EACCES' }], true, []]);
    const open = files[0]?.file as () => Promise<File>;
    const [one, again] = [await open(), await open()];
    expect([await one.text(), one.name, one.lastModified]).toEqual(['MODULE\0\0\0\0', 'a.sym', 5]);
    expect(again).toBe(one);
    expect(read).toEqual(['a.sym 0+10']);
  });

  it('stay where they are when they are large dumps, and are not copied when they are of no use', async () => {
    const { bridge, read } = app({
      'full.dmp': { begins: 'MDMP', size: 2 ** 31 },
      core: { begins: '\u007fELF', size: 2 ** 33 },
    });
    const { files } = await given(bridge);
    const [dump, core] = await Promise.all(files.map(({ file }) => (file as () => Promise<File>)()));
    expect(dump).toEqual({ remote: 'full.dmp', size: 2 ** 31 });
    expect(core?.size).toBe(4096);
    expect(read).toEqual(['full.dmp 0+4096', 'core 0+4096']);
  });
});

const denied = (): Promise<never> => Promise.reject(new DOMException('No rights.', 'NotReadableError'));

describe('a folder of the browser that may not be read', () => {
  it('is told beside what can be read of a drop', async () => {
    const file = new File(['MDMP'], 'a.dmp');
    const reader = (readEntries: (give: (entries: object[]) => void, refuse: (why: unknown) => void) => void) => ({
      createReader: () => ({ readEntries }),
    });
    const closed = {
      ...{ isDirectory: true, name: 'closed', fullPath: '/crashes/closed' },
      ...reader((_, refuse) => void denied().catch(refuse)),
    };
    const batches = [
      [{ isDirectory: false, fullPath: '/crashes/a.dmp', file: (give: (one: File) => void) => give(file) }, closed],
      [],
    ];
    const crashes = { isDirectory: true, name: 'crashes', ...reader((give) => give(batches.shift() ?? [])) };
    const item = { kind: 'file', getAsFile: () => null, webkitGetAsEntry: () => crashes };
    const { files, unreadable } = await droppedFiles({ items: [item] } as unknown as DataTransfer);
    expect(files.map(({ path }) => path)).toEqual(['crashes/a.dmp']);
    expect(unreadable).toEqual([{ path: 'crashes/closed', code: 'NotReadableError' }]);
  });

  it('is told when it is the one that was chosen', async () => {
    const folder = { name: 'closed', values: () => ({ [Symbol.asyncIterator]: () => ({ next: denied }) }) };
    const incoming = await filesOfFolder(folder as unknown as FileSystemDirectoryHandle);
    expect(incoming).toEqual({ files: [], unreadable: [{ path: 'closed', code: 'NotReadableError' }], isCut: false });
  });
});
