import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CrashReport, MissingSymbolList, SymbolLookupResult, SymbolMendingList } from '@faultline/sdk/api';
import { corpusPath, requireCorpus } from '../corpus.js';
import { Reader, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

afterAll(cleanUp);

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
    const server = await startServer();
    const reader = await Reader.of(server);
    const dump = readFileSync(corpusPath('own/crashy.dmp'));
    const crashId = await submitAccepted(
      server.url,
      { ProductName: 'Crashy', Version: '1.0' },
      { upload_file_minidump: dump },
    );
    const before = await reader.processed(crashId);
    expect(JSON.stringify(before)).not.toContain('decode_job');
    await reader.searchable(crashId);
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
    const uploaded = await faultline(['symbols', 'upload', path.join(symbols, 'crashy')], {
      env: { FAULTLINE_URL: server.url, FAULTLINE_TOKEN: reader.token },
    });
    expect(uploaded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 stored/) as string });

    await expect
      .poll(async () => JSON.stringify((await reader.processed(crashId)).processed), { timeout: 30_000, interval: 500 })
      .toContain('decode_job');
    // The symbolication API says of the same offsets what the report says.
    const { processed } = await reader.processed(crashId);
    const frames = crashyFrames(processed);
    expect(frames.length).toBeGreaterThan(3);
    const [debugId = ''] = readdirSync(path.join(symbols, 'crashy'));
    const offsets = frames.map(({ module_offset }) => [0, Number(module_offset)]);
    const response = await fetch(`${server.url}/symbolicate/v5`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ memoryMap: [['crashy', debugId]], stacks: [offsets] }),
    });
    const { results } = (await response.json()) as { results: { stacks: Frame[][] }[] };
    expect(results[0]?.stacks[0]?.map((frame) => frame.function)).toEqual(frames.map((frame) => frame.function));

    await expect.poll(missing, { timeout: 10_000 }).toEqual([]);
    const looked = await reader.get<SymbolLookupResult>(`/api/v1/symbols/lookup?debugFile=crashy&debugId=${debugId}`);
    expect(looked).toMatchObject({ isFound: true, problems: { total: 0 }, attempts: [{ status: 'found' }] });
    const { mendings } = await reader.get<SymbolMendingList>('/api/v1/symbols/mendings');
    expect(mendings).toMatchObject([{ crashes: 1, state: 'started', job: { status: 'succeeded' } }]);
    const { runs } = await reader.get<CrashReport>(`/api/v1/crashes/${crashId}`);
    expect(runs[0]).toMatchObject({ reason: 'symbols', changed: expect.arrayContaining(['json_dump']) as string[] });
    expect(await server.stop()).toBe(0);
  });
});
