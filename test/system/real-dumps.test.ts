import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath, requireCorpus } from '../corpus.js';
import { answerOf, Reader, submitAccepted } from './crash-client.js';
import { cleanUp, startServer, type RunningServer } from './server-process.js';

interface Frame {
  function: string | null;
  file: string | null;
  line: number | null;
  inlines: { function: string }[] | null;
}
interface JsonDump {
  crash_info: { type: string; crashing_thread: number };
  crashing_thread: { frames: Frame[]; thread_name: string };
  threads: { frames: Frame[] }[];
}

describe.skipIf(!requireCorpus())('a server with symbols configured', () => {
  let server: RunningServer;
  let reader: Reader;

  beforeAll(async () => {
    server = await startServer({ args: ['--set', `symbols.paths=${JSON.stringify([corpusPath('own/symbols')])}`] });
    reader = await Reader.of(server);
  });
  afterAll(async () => {
    await server.stop();
    cleanUp();
  });

  it('shows decode_job at decode.rs:9 with its four inlined callees', async () => {
    const dump = readFileSync(corpusPath('own/crashy.dmp'));
    const crashId = await submitAccepted(
      server.url,
      { ProductName: 'crashy', Version: '1.0' },
      { upload_file_minidump: dump },
    );
    const report = await reader.processed(crashId);
    expect(report.state).toBe('processed');
    const json = report.processed?.['json_dump'] as JsonDump;
    expect(json.crashing_thread.thread_name).toBe('render-worker');
    const [top] = json.crashing_thread.frames;
    expect(top).toMatchObject({ function: 'crashy::decode::decode_job', file: '/build/crashy/src/decode.rs', line: 9 });
    expect(top?.inlines?.map((call) => call.function)).toEqual([
      'core::ptr::write_volatile',
      'core::ptr::mut_ptr::<impl *mut T>::write_volatile',
      'crashy::pixel::store',
      'crashy::surface::Surface::blit_row',
    ]);
    expect(report.processed?.['signature']).toContain('crashy::');
    expect(report.runs).toHaveLength(1);
    expect(report.runs[0]?.status).toBe('complete');
    const found = await reader.searchable(crashId);
    expect(found.rows[0]).toMatchObject({
      product: 'crashy',
      version: '1.0',
      signature: report.processed?.['signature'],
    });
    expect((await reader.groups()).groups.map((group) => group.signature)).toContain(report.processed?.['signature']);
  });

  it.each(['crashpad-post-browser', 'crashpad-post-renderer'])(
    'takes %s byte by byte, as Crashpad sent it',
    async (name) => {
      const sent = JSON.parse(readFileSync(corpusPath('chromium', `${name}.request.json`), 'utf8')) as {
        m: string;
        u: string;
        h: Record<string, string>;
      };
      const body = readFileSync(corpusPath('chromium', `${name}.body.gz`));
      const { crashId } = await postAsCaptured(server.url, sent, body);
      expect(crashId).not.toBeNull();
      const report = await reader.processed(crashId ?? '');
      const json = report.processed?.['json_dump'] as JsonDump;
      expect(report.product).toBe('Chrome_Linux');
      expect(json.crash_info.type).toMatch(/^SIGSEGV/);
      expect(json.crashing_thread.frames.length).toBeGreaterThan(1);
      expect(report.annotations.map((annotation) => annotation.name)).toContain('ptype');
    },
  );
});

/** The captured request with its own headers; the body in chunks of 1,000 bytes, as the headers say. */
function postAsCaptured(url: string, sent: { m: string; u: string; h: Record<string, string> }, body: Buffer) {
  const { host: _host, ...headers } = sent.h;
  return new Promise<ReturnType<typeof answerOf>>((resolve, reject) => {
    const post = request(new URL(sent.u, url), { method: sent.m, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(answerOf(response.statusCode ?? 0, text)));
    });
    post.on('error', reject);
    for (let at = 0; at < body.length; at += 1000) post.write(body.subarray(at, at + 1000));
    post.end();
  });
}
