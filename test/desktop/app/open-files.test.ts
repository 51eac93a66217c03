import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenFiles } from '../../../desktop/main/open-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-files-'));
  writeFileSync(path.join(folder, 'a.dmp'), 'MDMP0123456789');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('files given to a window', () => {
  it('are read by range, up to their end', async () => {
    const files = new OpenFiles();
    const { handle, size, name } = await files.give(path.join(folder, 'a.dmp'), 1);
    expect([size, name]).toEqual([14, 'a.dmp']);
    expect(text(await files.read(handle, 1, { offset: 4, length: 5 }))).toBe('01234');
    expect(text(await files.read(handle, 1, { offset: 10, length: 500 }))).toBe('6789');
    expect((await files.read(handle, 1, { offset: 99, length: 5 })).length).toBe(0);
    await files.closeWindow(1);
  });

  it('are given to that window alone, until it closes them', async () => {
    const files = new OpenFiles();
    const { handle } = await files.give(path.join(folder, 'a.dmp'), 1);
    const range = { offset: 0, length: 4 };
    await expect(files.read(handle, 2, range)).rejects.toMatchObject({ code: 'FILE_NOT_GIVEN' });
    await files.close(handle, 2);
    expect(text(await files.read(handle, 1, range))).toBe('MDMP');
    await files.close(handle, 1);
    await expect(files.read(handle, 1, range)).rejects.toMatchObject({ code: 'FILE_NOT_GIVEN' });
  });

  it('are refused when they change while they are read', async () => {
    const files = new OpenFiles();
    const file = path.join(folder, 'a.dmp');
    const { handle } = await files.give(file, 1);
    await files.read(handle, 1, { offset: 0, length: 4 });
    writeFileSync(file, 'MDMP another');
    utimesSync(file, 1, 1);
    const read = files.read(handle, 1, { offset: 0, length: 4 });
    await expect(read).rejects.toMatchObject({ code: 'FILE_CHANGED', hint: 'Open it again.' });
    await files.closeWindow(1);
  });

  it('may be a folder, whose paths are told from its name on', async () => {
    mkdirSync(path.join(folder, 'completed'));
    writeFileSync(path.join(folder, 'completed', 'b.dmp'), 'MDMP');
    const files = new OpenFiles();
    const name = path.basename(folder);
    symlinkSync('/etc/hostname', path.join(folder, 'elsewhere.dmp'));
    const onlyFiles: string[] = [];
    const given = await files.giveAll([folder, path.join(folder, 'a.dmp')], 1, (file) => onlyFiles.push(file));
    const paths = given.files.map((one) => one.path).sort();
    expect(paths).toEqual(['a.dmp', `${name}/a.dmp`, `${name}/completed/b.dmp`]);
    expect(onlyFiles).toEqual([path.join(folder, 'a.dmp')]);
    await expect(files.give(folder, 1)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
    await expect(files.give(path.join(folder, 'none'), 1)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  });
});
