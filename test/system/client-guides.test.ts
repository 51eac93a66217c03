/**
 * The guides of "Connect a client", run: the Java one as it stands there, the others by what their clients are made of.
 * Electron and Crashpad have tests of their own (`electron.test.ts`, `real-crash.test.ts`).
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientGuides } from '../../desktop/renderer/src/clients/client-guides.js';
import { requireProgram } from '../programs.js';
import { answerOf, Reader } from './crash-client.js';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from './server-process.js';

const run = promisify(execFile);

let server: RunningServer;
let reader: Reader;
let dump: string;
beforeAll(async () => {
  server = await startServer();
  reader = await Reader.of(server);
  dump = path.join(temporaryFolder(), 'crash.dmp');
  writeFileSync(dump, Buffer.alloc(5000, 'MDMP'));
});
afterAll(async () => {
  await server.stop();
  cleanUp();
});

const guide = (id: string) => clientGuides.find((each) => each.id === id)?.code(`${server.url}/submit`) ?? '';

function written(name: string, text: string): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

async function expectReport(answer: string, annotations: Record<string, string>, parts: string[]) {
  const { crashId } = answerOf(200, answer);
  expect(crashId, answer).not.toBeNull();
  const report = await reader.processed(crashId ?? '');
  const sent = Object.fromEntries(report.annotations.map(({ name, value }) => [name, value]));
  expect(sent).toMatchObject(annotations);
  expect(report.parts.map(({ name }) => name)).toEqual(parts);
  for (const name of parts) expect((await reader.part(report.crashId, name)).toString()).toMatch(/^(MDMP)+$/);
  return report;
}

describe('a client that follows its guide', () => {
  it.skipIf(!requireProgram('java'))('is a Java program that ends with an exception', { timeout: 60_000 }, async () => {
    const code = guide('java')
      .replace('HttpClient.newHttpClient()', 'System.out.print(HttpClient.newHttpClient()')
      .replace(/ofString\(\)\);$/, 'ofString()).body());');
    const program = `
import java.io.*; import java.net.*; import java.net.http.*; import java.util.*;
public class Paint {
  static void report(Throwable error) throws Exception {
${code}
  }
  static void pour() { throw new IllegalStateException("the pot is empty"); }
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
      try { report(error); } catch (Exception failed) { failed.printStackTrace(); }
    });
    pour();
  }
}`;
    const ended = (await run('java', ['-XX:TieredStopAtLevel=1', written('Paint.java', program)]).catch(
      (error: unknown) => error,
    )) as { stdout: string; stderr: string };
    const report = await expectReport(ended.stdout, { ProductName: 'Paint Server', Version: '1.2.3' }, []);
    expect(report.processed?.['signature']).toMatch(/^java\.lang\.IllegalStateException.*Paint\.pour/);
  });

  it.skipIf(!requireProgram('gcc'))('is a C program that sends as Breakpad does, by libcurl’s forms', async () => {
    // HTTPUpload of Breakpad loads libcurl at run time, and builds its form with curl_formadd.
    const program = `
#include <dlfcn.h>
#include <stdio.h>
static size_t take(char *bytes, size_t size, size_t count, void *to) { return fwrite(bytes, size, count, to); }
int main(int count, char **arguments) {
  void *library = dlopen("libcurl.so.4", RTLD_LAZY);
  if (!library || count != 3) return 2;
  void *(*init)(void) = dlsym(library, "curl_easy_init");
  int (*set)(void *, int, ...) = dlsym(library, "curl_easy_setopt");
  int (*add)(void **, void **, ...) = dlsym(library, "curl_formadd");
  void *(*append)(void *, const char *) = dlsym(library, "curl_slist_append");
  int (*perform)(void *) = dlsym(library, "curl_easy_perform");
  void *curl = init(), *first = 0, *last = 0;
  const char *fields[][2] = {{"ProductName", "Paint"}, {"Version", "1.2.3"}, {"ReleaseChannel", "beta"}};
  for (int at = 0; at < 3; at++) add(&first, &last, 1, fields[at][0], 4, fields[at][1], 17);
  add(&first, &last, 1, "upload_file_minidump", 10, arguments[2], 17);
  set(curl, 10002, arguments[1]);
  set(curl, 10024, first);
  set(curl, 10023, append(0, "Expect:"));
  set(curl, 20011, take);
  set(curl, 10001, stdout);
  return perform(curl);
}`;
    const binary = path.join(temporaryFolder(), 'sender');
    await run('gcc', ['-o', binary, written('sender.c', program), '-ldl']);
    const { stdout } = await run(binary, [`${server.url}/submit`, dump]);
    const sent = { ProductName: 'Paint', Version: '1.2.3', ReleaseChannel: 'beta' };
    await expectReport(stdout, sent, ['upload_file_minidump']);
  });

  it('is Firefox’s reporter: all annotations in one JSON part', async () => {
    const annotations = {
      ProductName: 'Firefox',
      Version: '152.0a1',
      ReleaseChannel: 'nightly',
      CrashTime: '1790000000',
    };
    const extra = written('extra.json', JSON.stringify({ ...annotations, Vendor: 'Mozilla' }));
    const { stdout } = await run('curl', [
      '-s',
      ...['-H', 'User-Agent: crashreporter/1.0.0'],
      ...['-F', `extra=@${extra};type=application/json;filename=extra.json`],
      ...['-F', `upload_file_minidump=@${dump};type=application/octet-stream`],
      `${server.url}/submit`,
    ]);
    await expectReport(stdout, annotations, ['upload_file_minidump']);
  });

  it('is OkHttp on Android: a length in the headers of each part', async () => {
    const boundary = '5d1f1c9e-6f0e-4f53-a1ed-0b1c2f8a3e77';
    const part = (disposition: string, type: string, body: Buffer) =>
      Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${type}`),
        Buffer.from(`Content-Length: ${body.length}\r\n\r\n`),
        body,
        Buffer.from('\r\n'),
      ]);
    const bytes = Buffer.alloc(5000, 'MDMP');
    const body = Buffer.concat([
      part('name="ProductName"', '', Buffer.from('Paint for Android')),
      part('name="Version"', '', Buffer.from('1.2.3')),
      part('name="upload_file_minidump"; filename="9a.dmp"', 'Content-Type: application/octet-stream\r\n', bytes),
      Buffer.from(`--${boundary}--\r\n`),
    ]);
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'user-agent': 'okhttp/4.12.0' };
    const answer = await fetch(`${server.url}/submit`, { method: 'POST', headers, body: new Uint8Array(body) });
    const sent = { ProductName: 'Paint for Android', Version: '1.2.3' };
    await expectReport(await answer.text(), sent, ['upload_file_minidump']);
  });

  it('is curl', async () => {
    const words = guide('curl').replaceAll('\\\n', ' ').replace('@crash.dmp', `@${dump}`).split(/\s+/).slice(1);
    const { stdout } = await run('curl', ['-s', ...words]);
    await expectReport(stdout, { ProductName: 'Paint', Version: '1.2.3' }, ['upload_file_minidump']);
  });
});
