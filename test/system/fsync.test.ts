import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader, reportBody, submit } from './crash-client.js';
import { cleanUp, frontsOf, startServer, temporaryFolder, type RunningServer } from './server-process.js';
import { selfSyncing, trace, tracingTrouble, type SystemCall } from './system-calls.js';

/** Twenty here; the long form has two hundred. */
const posts = Number(process.env['FAULTLINE_FSYNC_POSTS'] ?? 20);
const posters = 4;
const patience = { timeout: 60_000 + posts * 2000 };
const writing = ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg'];
const syncing = ['fdatasync', 'fsync'];
const token = 'a-token-of-the-submitter';

/** What of a report can't be synced: the call that fails, and the bytes of a dump that needs it. */
const failing = [
  ['a database', 'fdatasync', 3000],
  ['a large part', 'fdatasync', 400_000],
  ['the folder of a large part', 'fsync', 400_000],
] as const;

const trouble = tracingTrouble();
if (trouble !== null) process.stderr.write(`SKIPPED: the order of syncs and answers, ${trouble}\n`);

interface Post {
  /** Stands in the annotations and at the start of the dump. */
  canary: string;
  isLarge: boolean;
  crashId: string;
  /** The process that read it. */
  pid: number;
}

/** Calls by what they do to which file. */
class Trace {
  constructor(private readonly calls: readonly SystemCall[]) {}

  find(names: readonly string[], matches: (call: SystemCall) => boolean): SystemCall[] {
    return this.calls.filter((call) => names.includes(call.name) && matches(call));
  }

  /** The first sync of a file that begins after `after`, and succeeds. */
  syncAfter(file: string, after: SystemCall): SystemCall | undefined {
    return this.calls.find(
      (call) =>
        syncing.includes(call.name) &&
        descriptorFile(call) === file &&
        call.entered > after.left &&
        call.result.startsWith('0'),
    );
  }

  /** The first answer's byte that names the crash. */
  answer(crashId: string): SystemCall {
    const [answer] = this.find(writing, (call) => call.arguments.includes(`CrashID=bp-${crashId}`));
    if (answer === undefined) throw new Error(`no answer with ${crashId} in the trace`);
    return answer;
  }
}

function descriptor(call: SystemCall): string {
  return /^\d+<[^>]*>/.exec(call.arguments)?.[0] ?? '';
}

function descriptorFile(call: SystemCall): string {
  return descriptor(call).replace(/^\d+<|>$/g, '');
}

async function post(url: string, isLarge: boolean): Promise<Post> {
  const canary = `canary${randomUUID().replaceAll('-', '')}`;
  const dump = Buffer.alloc(isLarge ? 400_000 : 3000 + Math.floor(Math.random() * 40_000), `dump-${canary} `);
  const answer = await submit(url, { ProductName: 'Synced', Canary: canary }, { upload_file_minidump: dump });
  const { crashId, pid = 0 } = answer;
  if (crashId === null) throw new Error('not accepted');
  return { canary, isLarge, crashId, pid };
}

/** Data of `canary` in the file `name` is written, synced, and (LMDB) made to count by a write that syncs itself. */
function expectSynced(trace: Trace, sent: Post, name: RegExp, canary: string): SystemCall {
  const answer = trace.answer(sent.crashId);
  const [write] = trace.find(writing, (call) => name.test(descriptorFile(call)) && call.arguments.includes(canary));
  expect(write, `${canary} is written to ${name}`).toBeDefined();
  if (write === undefined) return answer;
  const sync = trace.syncAfter(descriptorFile(write), write);
  expect(sync?.left, `${descriptorFile(write)} is synced before the answer`).toBeLessThan(answer.entered);
  return sync ?? answer;
}

function expectCounted(trace: Trace, sent: Post, sync: SystemCall, isSelfSyncing: (descriptor: string) => boolean) {
  const file = descriptorFile(sync);
  const [root] = trace.find(
    ['pwrite64'],
    (call) => descriptorFile(call) === file && call.entered > sync.left && isSelfSyncing(descriptor(call)),
  );
  expect(root?.left, `the root of ${file} is written before the answer`).toBeLessThan(
    trace.answer(sent.crashId).entered,
  );
}

/** The file is synced under its first name, renamed, and its folder synced. */
function expectSpooled(trace: Trace, sent: Post): void {
  const sync = expectSynced(trace, sent, /\/incoming\/[^/]+$/, `dump-${sent.canary}`);
  const answer = trace.answer(sent.crashId);
  const [rename] = trace.find(['rename', 'renameat', 'renameat2'], (call) =>
    call.arguments.includes(`/large/${sent.crashId}.`),
  );
  expect(rename?.entered, 'renamed when it is synced').toBeGreaterThan(sync.left);
  if (rename === undefined) return;
  const folder = /"([^"]*\/large)\/[^"]*"/.exec(rename.arguments)?.[1] ?? '';
  expect(trace.syncAfter(folder, rename)?.left, 'the folder is synced').toBeLessThan(answer.entered);
}

async function statusOf(reader: Reader, crashId: string): Promise<number> {
  const answer = await fetch(`${reader.url}/api/v1/crashes/${crashId}`, { headers: { 'auth-token': reader.token } });
  await answer.text();
  return answer.status;
}

async function presetPost(server: RunningServer, crashId: string, size: number): Promise<number> {
  const { body, contentType } = reportBody(
    { ProductName: 'Failed', uuid: crashId },
    { upload_file_minidump: new Uint8Array(size).fill(7) },
  );
  const headers = { 'content-type': contentType, authorization: `Bearer ${token}` };
  const answer = await fetch(`${server.url}/submit`, { method: 'POST', headers, body: new Uint8Array(body) });
  await answer.text();
  return answer.status;
}

function newId(): string {
  return `${randomUUID().slice(0, 29)}0${new Date().toISOString().slice(2, 10).replaceAll('-', '')}`;
}

afterAll(cleanUp);

describe.skipIf(trouble !== null)('what is answered with a crash id', () => {
  it.each([
    ['one process', 1],
    ['two processes', 2],
  ])(`was synced before the first byte of its answer, ${posts} times by %s`, patience, async (_, processes) => {
    const args = ['--roles', 'collector,web', '--set', `collector.processes=${processes}`];
    const server = await startServer({ args });
    await expect.poll(() => frontsOf(server).length, { timeout: 10_000 }).toBe(processes - 1);
    await post(server.url, true);
    await post(server.url, false);
    const pids = [server.pid, ...frontsOf(server)];
    const tracer = await trace(pids, [...writing, ...syncing, 'rename', 'renameat', 'renameat2']);
    const sent: Post[] = [];
    await Promise.all(
      Array.from({ length: posters }, async (_, poster) => {
        for (let turn = poster; turn < posts; turn += posters) sent.push(await post(server.url, turn % 3 === 0));
      }),
    );
    const selfSyncingBy = new Map<string, boolean>();
    const calls = await tracer.stop();
    const isSelfSyncing = (name: string): boolean => {
      const known = selfSyncingBy.get(name) ?? selfSyncing(server.pid, name);
      selfSyncingBy.set(name, known);
      return known;
    };
    const seen = new Trace(calls);
    expect(sent).toHaveLength(posts);
    // Connections are kept alive: which process has them is the kernel's choice.
    for (const { pid } of sent) expect(pids).toContain(pid);
    for (const one of sent) {
      const raw = expectSynced(seen, one, /reports\.\d+\.mdb$/, one.canary);
      expectCounted(seen, one, raw, isSelfSyncing);
      if (one.isLarge) expectSpooled(seen, one);
      else expectCounted(seen, one, expectSynced(seen, one, /dumps\.\d+\.mdb$/, `dump-${one.canary}`), isSelfSyncing);
    }
    expect(await server.stop()).toBe(0);
  });

  it('waits for a slow disk', { timeout: 120_000 }, async () => {
    const server = await startServer({ args: ['--roles', 'collector,web'] });
    await post(server.url, false);
    const tracer = await trace(server.pid, syncing, ['fdatasync:delay_exit=300000']);
    for (const isLarge of [false, true, false]) {
      const began = performance.now();
      await post(server.url, isLarge);
      expect(performance.now() - began).toBeGreaterThan(300);
    }
    await tracer.stop();
    expect(await server.stop()).toBe(0);
  });

  it('is 503 instead when a sync fails, stays unknown, and may be sent again', { timeout: 240_000 }, async () => {
    const args = ['--set', `collector.submitterToken=${token}`];
    const server = await startServer({ data: temporaryFolder(), args: [...args, '--roles', 'collector,web'] });
    const reader = await Reader.of(server);
    const kept: string[] = [];
    const refused: string[] = [];
    for (const [what, call, size] of failing) {
      const sound = newId();
      // After a failure the store takes reports again when a write has gone well, tried once a second.
      await expect.poll(() => presetPost(server, sound, size), { timeout: 20_000, message: what }).toBe(200);
      kept.push(sound);
      const tracer = await trace(server.pid, syncing, [`${call}:error=EIO`]);
      const lost = newId();
      expect(await presetPost(server, lost, size), what).toBe(503);
      const calls = await tracer.stop();
      expect(calls.some(({ name, result }) => name === call && result.includes('EIO'))).toBe(true);
      expect(await statusOf(reader, lost), what).toBe(404);
      refused.push(lost);
    }
    await server.kill();

    const restarted = await startServer({ data: server.data, args });
    const after = await Reader.of(restarted);
    for (const id of kept) expect(await statusOf(after, id)).toBe(200);
    for (const id of refused) {
      expect(await statusOf(after, id)).toBe(404);
      expect(await presetPost(restarted, id, 3000), 'it may be sent again').toBe(200);
    }
    expect(await restarted.stop()).toBe(0);
  });
});
