import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RawCrash } from '@faultline/sdk';
import { JavaMappingAdded, JavaMappingList } from '@faultline/sdk/api';
import { runCommand, startTestHost, type TestHost } from '@faultline/server/testing';
import { printSearchText } from '@faultline/sdk/search';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as command from '../../../plugins/mappings/src/cli/mappings-upload.js';
import { crashesLacking } from '../../../plugins/mappings/src/mend-crashes.js';
import { deobfuscateRule } from '../../../plugins/mappings/src/rules/deobfuscate-rule.js';
import { MappingFiles } from '../../../plugins/mappings/src/rules/mapping-files.js';

const text = `# compiler: R8
# pg_map_id: 0a1b2c3
# pg_map_hash: SHA-256 0a1b2c3d4e5f
shop.Cart -> a.b:
    1:3:void add(shop.Item):40:42 -> a
shop.EmptyCartException -> a.d:
`;
let host: TestHost;
let folder = '';
const mappingsFolder = () => path.join(host.dataFolder, 'plugins', 'mappings');
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'faultline-mappings-'));
  host = await startTestHost({ plugins: ['mappings'], config: { mappings: { maxSize: 100_000 } } });
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(content: string | Uint8Array, query = '') {
  const body = new Blob([typeof content === 'string' ? content : new Uint8Array(content)]);
  const response = await host.fetch(`/api/v1/mappings${query}`, { method: 'POST', body, as: ['upload_symbols'] });
  return { status: response.status, text: await response.text() };
}

/** As the processor would run it, over what is stored in the host's folder. */
function deobfuscate(processed: Record<string, unknown>, annotations: Record<string, string> = {}) {
  const rule = deobfuscateRule(new MappingFiles(mappingsFolder()), ['MappingId']);
  const raw = { annotations } as unknown as RawCrash;
  const input = { crashId: '' as never, raw, processed: processed as never, fields: [] };
  return rule.applies?.(input) === false ? 'left alone' : rule.apply(input);
}

const trace = 'a.d\n\tat a.b.a(SourceFile:2)';

describe('Java mappings', () => {
  it('are named by a crash’s version, by an annotation, or by the id in its trace', async () => {
    const crash = { product: 'Shop', version: '4.2', build: '17', java_stack_trace: trace };
    expect(deobfuscate(crash)).toEqual({
      patch: { java_mapping: 'Shop/4.2/17', java_deobfuscation: 'missing' },
      notes: ['no R8 mapping for Shop/4.2/17'],
    });
    const { status, text: answer } = await send(gzipSync(text), '?product=Shop&version=4.2');
    expect(status).toBe(200);
    const { mapping, isNamed } = JavaMappingAdded.parse(JSON.parse(answer));
    expect(mapping).toMatchObject({ classes: 2, compiler: 'R8', ids: [mapping.id, '0a1b2c3', '0a1b2c3d4e5f'] });
    expect(isNamed).toBe(true);
    const patch = {
      java_stack_trace: 'shop.EmptyCartException\n\tat shop.Cart.add(Cart.java:41)',
      java_mapping: mapping.id,
      java_deobfuscation: 'done',
    };
    expect(deobfuscate(crash)).toMatchObject({ patch });
    expect(deobfuscate({ java_stack_trace: trace }, { MappingId: '0A1B2C3' })).toMatchObject({ patch });
    const named = { java_stack_trace: trace.replace('SourceFile', 'r8-map-id-0a1b2c3d4e5f') };
    expect(deobfuscate(named)).toMatchObject({ patch });
    expect(deobfuscate({ java_stack_trace: named.java_stack_trace.replace('0a1b', 'ffff') })).toMatchObject({
      patch: { java_mapping: 'ffff2c3d4e5f', java_deobfuscation: 'missing' },
    });
  });

  it('give structured exceptions their names, and leave other crashes alone', () => {
    const frames = [{ module: 'a.b', function: 'a', filename: 'SourceFile', lineno: 1, in_app: true }];
    const java_exception = { exception: { values: [{ stacktrace: { module: 'a', type: 'd', frames } }] } };
    expect(deobfuscate({ java_exception }, { MappingId: '0a1b2c3' })).toMatchObject({
      patch: {
        java_exception: {
          exception: {
            values: [
              {
                stacktrace: {
                  module: 'shop',
                  type: 'EmptyCartException',
                  frames: [{ module: 'shop.Cart', function: 'add', filename: 'Cart.java', lineno: 40, in_app: true }],
                },
              },
            ],
          },
        },
      },
    });
    expect(deobfuscate({ signature: 'x' })).toBe('left alone');
    expect(deobfuscate({ java_stack_trace: 'shop.E\n\tat shop.Cart.add(Cart.java:1)' })).toEqual({});
  });

  it('of a build go before those of its version', async () => {
    const other = text.replaceAll('shop.', 'other.').replaceAll('0a1b2c3', '9f9f9f9');
    await send(other, '?product=Shop&version=4.2&build=18');
    const of = (build: string) => deobfuscate({ product: 'Shop', version: '4.2', build, java_stack_trace: trace });
    expect(of('18')).toMatchObject({ patch: { java_stack_trace: expect.stringContaining('other.Cart') as string } });
    expect(of('19')).toMatchObject({ patch: { java_stack_trace: expect.stringContaining('shop.Cart') as string } });
  });

  it('without an id are for no crash until a version is named, and then also when they come once more', async () => {
    const plain = text.replaceAll(/^# pg_map.*\n/gm, '');
    const isNamed = async (query = '') => JavaMappingAdded.parse(JSON.parse((await send(plain, query)).text)).isNamed;
    expect([await isNamed(), await isNamed('?product=Other&version=1'), await isNamed()]).toEqual([false, true, true]);
  });

  it('find the crashes that lacked them', () => {
    const versions = [
      { product: 'Shop', version: '4.2', build: '' },
      { product: 'A b', version: '1', build: '7' },
    ];
    expect(printSearchText(crashesLacking({ ids: ['0a1b'], versions }))).toBe(
      'java_deobfuscation:=missing (java_mapping:=0a1b OR java_mapping:^Shop/4.2/ OR java_mapping:="A b/1/7")',
    );
  });

  it('are listed, downloaded and deleted, and then are missing again', async () => {
    const { mappings } = JavaMappingList.parse(await (await host.fetch('/api/v1/mappings', { as: [] })).json());
    const mine = mappings.find(({ ids }) => ids.includes('0a1b2c3'));
    expect(mine?.versions).toEqual([{ product: 'Shop', version: '4.2', build: '' }]);
    const place = `/api/v1/mappings/${mine?.id ?? ''}`;
    expect(await (await host.fetch(`${place}/text`, { as: [] })).text()).toBe(text);
    expect((await host.fetch(place, { method: 'DELETE', as: ['upload_symbols'] })).status).toBe(403);
    expect((await host.fetch(place, { method: 'DELETE', as: ['manage'] })).status).toBe(204);
    expect((await host.fetch(place, { method: 'DELETE', as: ['manage'] })).status).toBe(404);
    expect(deobfuscate({ product: 'Shop', version: '4.2', build: '1', java_stack_trace: trace })).toMatchObject({
      patch: { java_deobfuscation: 'missing' },
    });
  });

  it.each([
    ['no mapping', 'hello\nworld\n', 400, 'this line is none of a mapping'],
    ['an empty one', '', 400, 'names no class'],
    ['one that is too large', 'a.B -> c:\n'.repeat(20_000), 413, 'larger than 100000 bytes'],
    ['a bomb', gzipSync('a.B -> c:\n'.repeat(2_000_000)), 413, 'larger than 100000 bytes'],
    ['a damaged gzip', gzipSync(text).subarray(0, 60), 400, 'cut off or damaged'],
  ])('refuse %s', async (_name, content, status, words) => {
    const answer = await send(content);
    expect(answer).toMatchObject({ status, text: expect.stringContaining(words) as string });
    expect(readdirSync(path.join(mappingsFolder(), 'incoming'))).toEqual([]);
  });

  it('are kept below their folder, whatever product and version are called', async () => {
    const query = new URLSearchParams({ product: '../..', version: '..', build: 'a/../../b' });
    expect((await send(text, `?${query.toString()}`)).status).toBe(200);
    const crash = { product: '../..', version: '..', build: 'a/../../b', java_stack_trace: trace };
    expect(deobfuscate(crash)).toMatchObject({ patch: { java_deobfuscation: 'done' } });
    expect(readdirSync(host.dataFolder)).not.toContain('b');
    expect(deobfuscate({ java_stack_trace: trace }, { MappingId: '\ud800' })).toMatchObject({
      patch: { java_deobfuscation: 'missing' },
    });
    expect((await send(text, '?product=x')).status).toBe(400);
  });

  it('are uploaded by a command', async () => {
    const file = path.join(folder, 'mapping.txt');
    writeFileSync(file, text);
    const token = await host.createToken({ permissions: ['upload_symbols'], validFor: null });
    const env = { FAULTLINE_URL: host.url, FAULTLINE_TOKEN: token };
    const outcome = await runCommand(command, [file, '--product', 'Shop', '--version', '5'], { env });
    expect(outcome).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^[0-9a-f]{64} {2}2 classes\n$/) as string,
    });
    writeFileSync(file, 'a.B -> c:\n');
    expect(await runCommand(command, [file], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing names it yet') as string,
    });
    writeFileSync(file, 'no mapping');
    expect(await runCommand(command, [file], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('none of a mapping') as string,
    });
    expect((await runCommand(command, [], { env })).code).toBe(2);
    expect((await runCommand(command, [file, '--product', 'x'], { env })).code).toBe(2);
  });
});
