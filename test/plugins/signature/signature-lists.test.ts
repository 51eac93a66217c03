import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signatureListFiles } from '@faultline/signature';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SignatureConfig } from '../../../plugins/signature/src/config.js';
import { describeProblem, listsOfFolder } from '../../../plugins/signature/src/folder-lists.js';
import { readListFolder } from '../../../plugins/signature/src/list-folder.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-lists-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: keyof typeof signatureListFiles, text: string) =>
  writeFileSync(path.join(folder, signatureListFiles[name]), text);

describe('a folder of lists', () => {
  it('replaces the lists it has, and leaves the others built in', () => {
    write('prefix', 'mine');
    const { prefix, irrelevant } = listsOfFolder(readListFolder(folder), false);
    expect(prefix.match('mine')).toEqual({ file: 'prefix_signature_re.txt', line: 1, expression: 'mine' });
    expect(prefix.match('memcpy')).toBeNull();
    expect(irrelevant.match('raise')?.file).toBe('built-in/irrelevant_signature_re.txt');
  });

  it('names a line that can not be used by path and line', () => {
    write('prefix', 'ok\n(oops');
    const [problem] = listsOfFolder(readListFolder(folder), true).problems;
    expect(problem && describeProblem(problem)).toMatch(
      /prefix_signature_re\.txt:2: error EXPRESSION_INVALID: .*"\(oops"/,
    );
  });

  it('is refused when it has no list, is no folder, or has a list too large', () => {
    expect(() => readListFolder(folder)).toThrow(expect.objectContaining({ code: 'LISTS_MISSING' }));
    expect(() => readListFolder(path.join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'LISTS_MISSING' }));
    write('prefix', 'x'.repeat(4 * 1024 * 1024 + 1));
    expect(() => readListFolder(folder)).toThrow(expect.objectContaining({ code: 'LIST_TOO_LARGE' }));
  });
});

describe('the configuration', () => {
  it('has defaults', () => expect(SignatureConfig.parse({})).toEqual({ ruleset: 'default', products: {} }));

  it('carries the texts of the lists as plain data', () => {
    write('prefix', 'mine');
    const config = SignatureConfig.parse({ lists: folder });
    expect(structuredClone(config)).toEqual(config);
    expect(config.lists).toMatchObject({ folder, own: ['prefix'], texts: { prefix: 'mine' } });
  });

  it('says what is wrong with the folder, the ruleset, or a key', () => {
    expect(SignatureConfig.safeParse({ lists: folder }).error?.issues).toMatchObject([
      { path: ['lists'], message: expect.stringContaining('has none of the lists') as string },
    ]);
    expect(SignatureConfig.safeParse({ ruleset: 'x' }).success).toBe(false);
    expect(SignatureConfig.safeParse({ list: folder }).success).toBe(false);
  });
});
