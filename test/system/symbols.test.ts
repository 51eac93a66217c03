import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CrashReport,
  MissingSymbolList,
  SymbolConversionList,
  SymbolLookupResult,
  SymbolMendingList,
} from '@faultline/sdk/api';
import { corpusPath, requireCorpus } from '../corpus.js';
import { hasProgram, requireProgram } from '../programs.js';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

let server: RunningServer;
let reader: Reader;
beforeAll(async () => {
  server = await startServer();
  reader = await Reader.of(server);
});
afterAll(async () => {
  const code = await server.stop();
  cleanUp();
  expect(code).toBe(0);
});

interface Frame {
  module: string;
  module_offset: string;
  function: string;
}

/** Frames of the crashing thread that are in the program itself. */
function crashyFrames(processed: Record<string, unknown> | null): Frame[] {
  const json = processed?.['json_dump'] as { crashing_thread: { frames: Frame[] } };
  return json.crashing_thread.frames.filter(({ module }) => module === 'crashy');
}

describe('symbols that arrive after the crash', () => {
  it('mend it by themselves, uploaded by our command and by plain curl', { timeout: 90_000 }, async () => {
    if (!requireCorpus()) return;
    const dump = readFileSync(corpusPath('own/crashy.dmp'));
    const crashId = await submitAccepted(
      server.url,
      { ProductName: 'Crashy', Version: '1.0' },
      { upload_file_minidump: dump },
    );
    const before = await reader.processed(crashId);
    expect(JSON.stringify(before)).not.toContain('decode_job');
    const java = { ProductName: 'Shop', Version: '4.2', JavaStackTrace: 'a.d: no item\n\tat a.b.a(SourceFile:2)' };
    const javaId = await submitAccepted(server.url, java);
    await Promise.all([reader.searchable(crashId), reader.searchable(javaId)]);
    expect((await reader.processed(javaId)).processed).toMatchObject({ java_deobfuscation: 'missing' });
    const missing = async () =>
      ((await (await fetch(`${server.url}/api/v1/symbols/missing`)).json()) as MissingSymbolList).modules.map(
        ({ module, crashes }) => [module, crashes],
      );
    expect(await missing()).toEqual([
      ['crashy', 1],
      ['libc.so.6', 1],
    ]);

    const symbols = corpusPath('own/symbols');
    const zip = path.join(temporaryFolder(), 'symbols.zip');
    execFileSync('python3', [
      '-c',
      'import shutil,sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2], "libc.so.6")',
      zip,
      symbols,
    ]);
    const answer = execFileSync(
      'curl',
      [
        '--silent',
        '--fail-with-body',
        '--form',
        `symbols.zip=@${zip}`,
        '--header',
        `auth-token: ${reader.token}`,
        `${server.url}/upload/`,
      ],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(answer)).toMatchObject({
      upload: { stored_keys: [expect.stringMatching(/^libc\.so\.6\//) as string] },
    });
    const env = { FAULTLINE_URL: server.url, FAULTLINE_TOKEN: reader.token };
    const uploaded = await faultline(['symbols', 'upload', path.join(symbols, 'crashy')], { env });
    expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 stored/) as string });

    const mapping = path.join(temporaryFolder(), 'mapping.txt');
    writeFileSync(
      mapping,
      'shop.Cart -> a.b:\n    1:3:void add(shop.Item):40:42 -> a\nshop.EmptyCartException -> a.d:\n',
    );
    const mapped = await faultline(['mappings', 'upload', mapping, '--product', 'Shop', '--version', '4.2'], { env });
    expect(mapped).toMatchObject({ code: 0 });

    const patience = { timeout: 30_000, interval: 500 };
    await expect
      .poll(async () => JSON.stringify((await reader.processed(crashId)).processed), patience)
      .toContain('decode_job');
    // The symbolication API says of the same offsets what the report says.
    const { processed } = await reader.processed(crashId);
    const frames = crashyFrames(processed);
    expect(frames.length).toBeGreaterThan(3);
    const [debugId = ''] = readdirSync(path.join(symbols, 'crashy'));
    const offsets = frames.map(({ module_offset }) => [0, Number(module_offset)]);
    const response = await fetch(`${server.url}/symbolicate/v5`, {
      method: 'POST',
      headers: { debug: 'true' },
      body: JSON.stringify({ memoryMap: [['crashy', debugId]], stacks: [offsets] }),
    });
    const { results, debug } = (await response.json()) as { results: { stacks: Frame[][] }[]; debug: object };
    expect(debug).toMatchObject({
      cache_lookups: { count: 1, hits: 1 },
      modules: { count: 1 },
      downloads: { count: 0 },
    });
    expect(results[0]?.stacks[0]?.map((frame) => frame.function)).toEqual(frames.map((frame) => frame.function));

    await expect.poll(missing, { timeout: 10_000 }).toEqual([]);
    await expect
      .poll(async () => (await reader.processed(javaId)).processed?.['java_deobfuscation'], patience)
      .toBe('done');
    expect((await reader.processed(javaId)).processed).toMatchObject({
      java_stack_trace: 'shop.EmptyCartException\n\tat shop.Cart.add(Cart.java:41)',
      java_stack_trace_raw: 'shop.EmptyCartException: no item\n\tat shop.Cart.add(Cart.java:41)',
      signature: expect.stringContaining('shop.Cart.add') as string,
    });
    const looked = await reader.get<SymbolLookupResult>(`/api/v1/symbols/lookup?debugFile=crashy&debugId=${debugId}`);
    expect(looked).toMatchObject({ isFound: true, problems: { total: 0 }, attempts: [{ status: 'found' }] });
    // One for both uploads, or one each where they come seconds apart.
    const mended = async () => {
      const { mendings } = await reader.get<SymbolMendingList>('/api/v1/symbols/mendings');
      const all = mendings.every(({ crashes, job }) => crashes === 1 && job?.status === 'succeeded');
      return all ? [...new Set(mendings.flatMap(({ modules }) => modules))].sort() : null;
    };
    await expect.poll(mended, patience).toEqual(['crashy', 'libc.so.6']);
    const { runs } = await reader.get<CrashReport>(`/api/v1/crashes/${crashId}`);
    expect(runs[0]).toMatchObject({ reason: 'symbols', changed: expect.arrayContaining(['json_dump']) as string[] });
  });
});

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
  });
});
