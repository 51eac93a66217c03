import { afterAll, describe, expect, it } from 'vitest';
import { corpusPath, requireCorpus } from '../corpus.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';
import { Reader, submitAccepted } from './crash-client.js';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

afterAll(cleanUp);

/** No symbols are known of it: its frames are named by their modules. */
const dump = () => new Uint8Array(readFileSync(corpusPath('own/crashy.dmp')));

describe.skipIf(!requireCorpus())('signature lists and groups of a running server', () => {
  it('reach the rules’ thread when they are edited, and a resolved group comes back', { timeout: 90_000 }, async () => {
    const data = temporaryFolder();
    const lists = path.join(data, 'lists');
    mkdirSync(lists);
    writeFileSync(path.join(lists, 'signature_sentinels.txt'), '# none\n');
    const server = await startServer({ data, args: ['--set', `signature.lists=${lists}`] });
    const reader = await Reader.of(server);
    const send = async (method: string, url: string, body: object) => {
      const headers = { 'auth-token': reader.token, 'content-type': 'application/json' };
      const response = await fetch(`${server.url}${url}`, { method, headers, body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    };
    const crash = async (version: string) => {
      const annotations = { ProductName: 'Teapot', Version: version };
      const id = await submitAccepted(server.url, annotations, { upload_file_minidump: dump() });
      const report = await reader.processed(id);
      await reader.searchable(id);
      return report;
    };

    const first = await crash('1.0');
    const signature = 'crashy';
    expect(first.processed?.['signature']).toBe(signature);
    const loads = () => server.log().match(/Signature lists read/g)?.length ?? 0;
    const before = loads();
    await send('PUT', '/api/v1/signature-lists', { version: 0, lists: { prefix: 'crashy\n' } });
    await expect.poll(loads, { timeout: 10_000 }).toBe(before + 1);
    expect((await crash('1.0')).processed?.['signature']).toMatch(/^crashy \| crashy/);
    await send('PUT', '/api/v1/signature-lists', { version: 1, lists: { prefix: null } });
    writeFileSync(path.join(lists, 'irrelevant_signature_re.txt'), 'memcpy\n(broken\n');
    await expect.poll(() => server.log(), { timeout: 10_000 }).toContain('irrelevant_signature_re.txt:2: error');

    const change = { do: 'resolve', in: { version: '2.0' } };
    await send('POST', '/api/v1/groups/changes', { groups: [{ signature }], change });
    const state = async () => (await reader.groups()).groups[0]?.triage.state;
    await crash('1.9');
    expect(await state()).toBe('resolved');
    await crash('2.0');
    await expect.poll(state, { timeout: 10_000 }).toBe('regressed');

    const fields = await faultline(['fields', '--url', server.url, '--token', reader.token, '--find', 'proto_sig']);
    expect(fields.stdout).toContain('`signature/sign`');
    await server.stop();
  });
});
