import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeMinidump } from '@faultline/minidump';
import { runCommand } from '@faultline/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as command from '../../../plugins/stackwalk/src/cli/stackwalk.js';
import { corpusPath, requireCorpus } from '../../corpus.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-stackwalk-'));
  const dump = await writeMinidump({
    modules: [{ name: '/opt/app', base: 0x400000n, size: 0x10000 }],
    threads: [
      { id: 7, name: 'main', registers: { rip: 0x401000n, rsp: 0x7000n }, stack: { start: 0x7000n, words: [0n] } },
    ],
    exception: { threadId: 7, code: 11, address: 0x1cn },
  });
  writeFileSync(path.join(folder, 'small.dmp'), dump);
});
afterAll(() => rmSync(folder, { recursive: true }));

function stackwalk(...args: string[]) {
  const importFrom = () => import('../../../plugins/symbols/src/sources.js');
  return runCommand(command, args, { cwd: folder, importFrom });
}

describe('faultline stackwalk', () => {
  it('prints a text for people, JSON, or Breakpad’s form', async () => {
    expect((await stackwalk('small.dmp')).stdout).toContain('SIGSEGV');
    const json = JSON.parse((await stackwalk('--json', 'small.dmp')).stdout) as {
      status: string;
      thread_count: number;
    };
    expect(json).toMatchObject({ status: 'OK', thread_count: 1 });
    expect((await stackwalk('--breakpad', 'small.dmp')).stdout).toMatch(/^OS\|Linux\|/);
  });

  it('indents with --pretty and writes to --output-file', async () => {
    const { code, stdout } = await stackwalk('--json', '--pretty', '--output-file', 'out.json', 'small.dmp');
    expect([code, stdout]).toEqual([0, '']);
    expect(readFileSync(path.join(folder, 'out.json'), 'utf8')).toMatch(/^\{\n {2}"crash_info": \{\n/);
  });

  it('explains itself with --help, and what is wrong with the command line', async () => {
    expect(await stackwalk('--help')).toEqual({ code: 0, stdout: command.help, stderr: '' });
    for (const args of [[], ['a', 'b'], ['--json', '--human', 'a'], ['--threads', 'some', 'a'], ['--no-such-option']]) {
      const { code, stdout, stderr } = await stackwalk(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('See faultline stackwalk --help.');
    }
  });

  it('says ERROR, a name and a sentence when the dump can’t be walked, with nothing on stdout', async () => {
    writeFileSync(path.join(folder, 'text.dmp'), 'this is no minidump, but it is long enough to hold a header');
    expect(await stackwalk('--json', 'text.dmp')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^ERROR HeaderMismatch - /) as string,
    });
    expect((await stackwalk('nowhere.dmp')).stderr).toMatch(/^ERROR FileNotFound - /);
  });

  it.skipIf(!requireCorpus())('finds functions in --symbols-path, through the symbols plugin', async () => {
    const { stdout } = await stackwalk(
      '--symbols-path',
      corpusPath('own/symbols'),
      '--threads',
      'crashing',
      corpusPath('own/crashy.dmp'),
    );
    expect(stdout).toContain('crashy::decode::decode_job');
  });
});
