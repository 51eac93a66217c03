import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { SymbolConversionList } from '@faultline/sdk/api';
import { afterAll, describe, expect, it } from 'vitest';
import { hasProgram, requireProgram } from '../programs.js';
import { Reader } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

afterAll(cleanUp);

const program = `
__attribute__((noinline)) int decode_record(const char *from, int length) {
  int sum = 0;
  for (int at = 0; at < length; at++) sum += from[at];
  return sum / (length - 3);
}
int main(int count, char **words) { return decode_record(words[0], count + 3); }
`;

/** A stripped program, and what was stripped off it. */
function compile(folder: string): { stripped: string; debug: string } {
  const build = path.join(folder, 'build');
  mkdirSync(build);
  writeFileSync(path.join(folder, 'record.c'), program);
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder });
  run('gcc', '-g', '-O1', '-Wl,--build-id', '-o', 'build/record', 'record.c');
  run('objcopy', '--only-keep-debug', 'build/record', 'build/record.debug');
  run('objcopy', '--strip-all', 'build/record');
  return { stripped: path.join(build, 'record'), debug: path.join(build, 'record.debug') };
}

describe('native debug files', () => {
  it('are fetched by gdb’s own client, and made into symbol files by dump_syms', { timeout: 60_000 }, async () => {
    if (!['gcc', 'objcopy', 'gdb'].every(requireProgram)) return;
    const folder = temporaryFolder();
    const { stripped } = compile(folder);
    const server = await startServer();
    const reader = await Reader.of(server);
    const uploaded = await faultline(['symbols', 'upload', path.join(folder, 'build')], {
      env: { FAULTLINE_URL: server.url, FAULTLINE_TOKEN: reader.token },
    });
    expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 stored/) as string });

    // Apart from what was built, so that gdb finds the rest here only.
    const alone = path.join(temporaryFolder(), 'record');
    copyFileSync(stripped, alone);
    const cache = path.join(folder, 'gdb-cache');
    const { stdout } = await promisify(execFile)(
      'gdb',
      ['-nx', '-batch', '-iex', 'set debuginfod enabled on', '-ex', 'info line decode_record', alone],
      { env: { ...process.env, DEBUGINFOD_URLS: server.url, DEBUGINFOD_CACHE_PATH: cache }, timeout: 30_000 },
    );
    expect(stdout).toMatch(/Line \d of "record.c"/);

    const conversions = async () => {
      const headers = { 'auth-token': reader.token };
      const response = await fetch(`${server.url}/api/v1/symbols/conversions`, { headers });
      return (await response.json()) as SymbolConversionList;
    };
    if (!hasProgram('dump_syms')) {
      expect(await conversions()).toMatchObject({ program: { version: null }, counts: { waiting: 1 } });
    } else {
      await expect.poll(async () => (await conversions()).counts.done, { timeout: 20_000 }).toBe(1);
      const [made] = (await conversions()).conversions;
      const text = await (await fetch(`${server.url}/${made?.result ?? ''}`)).text();
      expect(text).toMatch(/^FUNC [0-9a-f]+ [0-9a-f]+ 0 decode_record/m);
      // Only the stripped program has the unwind records, only the other file the lines.
      expect(text).toMatch(/^STACK CFI INIT/m);
      expect(text).toMatch(/^FILE 0 .*record\.c/m);
    }
    expect(await server.stop()).toBe(0);
  });
});
