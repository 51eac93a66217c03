import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusFolder } from '../corpus.js';
import { claimTwoGigabytes } from '../hostile-dump.js';
import { Reader, submit, submitAccepted } from './crash-client.js';
import { cleanUp, startServer, type RunningServer } from './server-process.js';

const tool = path.join(corpusFolder, '..', 'tools', 'malformed-posts');

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

/** Status, and the body's beginning; "closed" for a connection that ended without an answer. */
async function malformedPosts(url: string): Promise<Map<string, string>> {
  const child = spawn('python3', [tool, `ours=${url}/submit`, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const rows = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { case: string; ours: string });
  return new Map(rows.map((row) => [row.case, row.ours]));
}

/** What the collector's README promises, for each post of the tool. */
const accepted = '200 CrashID=bp-...';
const structure = '400 Discarded=malformed_invalid_payload_structure';
const expected: Record<string, string | RegExp> = {
  'product unknown': accepted,
  'no product': accepted,
  'annotations, no dump': accepted,
  'build of 2015': accepted,
  'dump of 0 bytes': accepted,
  'dump that is text': accepted,
  'dump without Content-Type': accepted,
  'dump without filename': accepted,
  'no Content-Type': '400 Discarded=malformed_no_content_type',
  'Content-Type: application/json': '400 Discarded=malformed_wrong_content_type',
  'Content-Type: text/plain': '400 Discarded=malformed_wrong_content_type',
  'no boundary': '400 Discarded=malformed_no_boundary',
  'boundary empty': '400 Discarded=malformed_no_boundary',
  'boundary another': structure,
  'boundary of 300 characters': structure,
  'Content-Length: 0': '400 Discarded=malformed_no_content_length',
  'no Content-Length': '400 Discarded=malformed_no_content_length',
  'Content-Length: 20, more sent': /^400/,
  'Content-Length too long, client closes': /^closed$|^400/,
  'Content-Length: foo': /^400/,
  'Content-Length: -1': /^400/,
  'chunk size rubbish': /^400/,
  'both lengths (smuggling)': /^400/,
  'gzip said, plain sent': '400 Discarded=malformed_bad_gzip',
  'gzip sent, not said': structure,
  'gzip cut in half': '400 Discarded=malformed_bad_gzip',
  'gzip in two members': accepted,
  'gzip bomb, 15 KB to 15 MB': accepted,
  'gzip bomb, 300 KB to 300 MB': '413 Discarded=too_large',
  junk: structure,
  'random bytes': structure,
  'last boundary only': '400 Discarded=malformed_no_annotations',
  'cut: no last boundary': structure,
  'cut: in the dump': structure,
  "cut: in a part's header": structure,
  'lines end in LF': structure,
  'part without a blank line': structure,
  'part without a name': accepted,
  'part with an empty name': accepted,
  "part's header of 20 KB": structure,
  'part without Content-Disposition': accepted,
  'dump only, no annotations': '400 Discarded=malformed_no_annotations',
  'same annotation twice': accepted,
  'same dump twice': accepted,
  'annotation not UTF-8': accepted,
  'annotation with NUL': accepted,
  'annotation with a filename': accepted,
  'annotation of 2 MB': accepted,
  'annotation of 21 MB': accepted,
  'name with path': accepted,
  'name raw_crash (reserved)': '400 Discarded=malformed_invalid_dump_name',
  'annotation named metadata': accepted,
  'annotation named __proto__': accepted,
  'annotation named uuid': '401 Discarded=unauthorized_uuid',
  'extra: not JSON': '400 Discarded=malformed_invalid_json',
  'extra: a string': '400 Discarded=malformed_invalid_json_value',
  'extra: a list': '400 Discarded=malformed_invalid_json_value',
  'extra: empty object': '400 Discarded=malformed_no_annotations',
  'extra: numbers, null, nesting': accepted,
  'extra: not UTF-8': '400 Discarded=malformed_invalid_json',
  'extra: nested 100000 deep': '400 Discarded=malformed_invalid_json',
  'extra: uuid': '401 Discarded=unauthorized_uuid',
  'extra and annotations': accepted,
  '25 MB in all': accepted,
  '26 MB in all': '413 Discarded=too_large',
  GET: /^40[45]/,
  HEAD: /^40[45]/,
  PUT: /^40[45]/,
  OPTIONS: /^(20[04]|40[45])/,
  'trailing slash': /^(200 CrashID=bp-\.\.\.|404)/,
  'another path': /^404/,
  'header of 100 KB': /^431/,
  'sound again': accepted,
};

function requireTool(): boolean {
  if (existsSync(tool)) return true;
  if (process.env['CI'] === 'true') throw new Error(`The tool is missing: ${tool}`);
  process.stderr.write(`SKIPPED: 93 malformed posts, no tool at ${tool}\n`);
  return false;
}

describe.skipIf(!requireTool())('malformed and hostile posts', () => {
  it('each get their documented answer, and the server stays up and small', async () => {
    const answers = await malformedPosts(server.url);
    expect(answers.size).toBeGreaterThan(80);
    const wrong: string[] = [];
    for (const [name, answer] of answers) {
      const wanted = expected[name] ?? (name.startsWith('sound') ? accepted : undefined);
      const isRight =
        wanted === undefined
          ? /^\d|^closed/.test(answer)
          : typeof wanted === 'string'
            ? answer === wanted
            : wanted.test(answer);
      if (!isRight) wrong.push(`${name}: ${answer} instead of ${String(wanted)}`);
    }
    expect(wrong).toEqual([]);
    expect(server.memory()).toBeLessThan(500 * 1024 * 1024);
  });
});

describe('hostile dumps', () => {
  it.each([
    ['random bytes', Uint8Array.from({ length: 5000 }, (_, index) => (index * 197 + 13) % 256), 'HeaderMismatch'],
    ['0 bytes', new Uint8Array(0), 'EmptyMinidump'],
    ['a 2 GB length in 200 bytes', claimTwoGigabytes(), 'MissingSystemInfo'],
  ])('%s give a processed crash with a clear status', async (_, dump, status) => {
    const reader = await Reader.of(server);
    const crashId = await submitAccepted(server.url, { ProductName: 'Hostile' }, { upload_file_minidump: dump });
    const report = await reader.processed(crashId);
    expect(report.processed?.['mdsw_status_string']).toBe(status);
    expect(report.processed?.['signature']).toMatch(/^EMPTY: /);
  });

  it('100,000 parts are refused while memory stays flat', async () => {
    const before = server.memory();
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`Key${index}`, '1']));
    expect(await submit(server.url, many)).toMatchObject({ status: 400, text: 'Discarded=malformed_too_many_parts' });
    expect(server.memory() - before).toBeLessThan(150 * 1024 * 1024);
  });
});
