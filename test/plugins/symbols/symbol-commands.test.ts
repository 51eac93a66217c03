import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '@faultline/server/testing';
import type { CliModule } from '@faultline/sdk/cli-command';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as check from '../../../plugins/symbols/src/cli/symbols-check.js';
import * as index from '../../../plugins/symbols/src/cli/symbols-index.js';
import * as lookup from '../../../plugins/symbols/src/cli/symbols-lookup.js';

const text =
  'MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 app.pdb\nFILE 1 a.cc\nINLINE_ORIGIN 0 callee\n' +
  'FUNC m 10 10 0 main\nINLINE 0 5 1 0 10 8\n10 10 7 1\nPUBLIC 40 0 exported\n' +
  'STACK CFI INIT 10 10 .cfa: $esp 4 +\nSTACK WIN 4 10 10 0 0 8 4 0 0 1 $eip 4 ^ =\n';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-test-'));
  writeFileSync(path.join(folder, 'app.sym'), text);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function call(module: CliModule, args: string[]): Promise<{ code: number; out: string; err: string }> {
  const stdin = async function* () {
    yield await Promise.resolve(new TextEncoder().encode(text));
  };
  const importFrom = () => Promise.reject(new Error('not used'));
  const { code, stdout, stderr } = await runCommand(module, args, { cwd: folder, stdin, importFrom });
  return { code, out: stdout, err: stderr };
}

describe('faultline symbols index', () => {
  it('writes the index beside the file and says what is in it', async () => {
    const { code, out } = await call(index, ['app.sym']);
    expect(code).toBe(0);
    expect(out).toContain('1 functions, 1 public symbols, 1 CFI ranges, 1 STACK WIN records');
    expect(readFileSync(path.join(folder, 'app.symx')).subarray(0, 8).toString()).toBe('FLTSYMX\n');
  });

  it('fails for a file that is not there, and leaves nothing', async () => {
    const { code, err } = await call(index, ['absent.sym', '-o', 'x.symx']);
    expect(code).toBe(1);
    expect(err).toContain('ENOENT');
  });

  it.each([[[]], [['a', 'b', '-o', 'c']], [['--what']], [['a', '--threads', '0']]])(
    'refuses %j with code 2',
    async (args) => {
      expect((await call(index, args)).code).toBe(2);
    },
  );
});

describe('faultline symbols check', () => {
  it('is content with a good file', async () => {
    const { code, out } = await call(check, ['app.sym']);
    expect(code).toBe(0);
    expect(out).toContain('0 problems');
  });

  it('names bad lines with hostile text made visible, and ends with 1', async () => {
    writeFileSync(path.join(folder, 'bad.sym'), `${text}NONSENSE \u001b[31m\u202e\n`);
    const { code, out } = await call(check, ['bad.sym']);
    expect(code).toBe(1);
    expect(out).toContain('bad.sym:10: unknown record: NONSENSE \\u001b[31m\\u202e');
  });

  it('reads standard input and prints JSON', async () => {
    const { code, out } = await call(check, ['--json', '-']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ counts: { functions: 1, folded: 1 }, problems: { total: 0 } });
  });
});

describe('faultline symbols lookup', () => {
  it.each(['app.sym', 'app.symx'])('says what %s knows of an address', async (file) => {
    await call(index, ['app.sym']);
    const { code, out } = await call(lookup, [file, '0x11', '40', 'fff0']);
    expect(code).toBe(0);
    expect(out).toBe(
      '0x11\n  callee at a.cc:7 (inlined)\n  main at a.cc:5 (+0x1, folded)\n  cfi: .cfa: $esp 4 +\n' +
        '  win 4: parameters 8, saved registers 4, locals 0, $eip 4 ^ =\n' +
        '0x40\n  exported (+0x0, public)\n0xfff0\n  exported (+0xffb0, public)\n',
    );
  });

  it('prints JSON, a line per address', async () => {
    const { out } = await call(lookup, ['--json', 'app.sym', '11']);
    expect(JSON.parse(out)).toMatchObject({
      address: 0x11,
      symbol: { function: 'main', inlines: [{ function: 'callee' }] },
    });
  });

  it('refuses an address that is not hex', async () => {
    expect(await call(lookup, ['app.sym', 'xyz'])).toMatchObject({ code: 2 });
  });
});
