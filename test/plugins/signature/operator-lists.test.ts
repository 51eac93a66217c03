import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AuditLog,
  CrashSink,
  CrashStorage,
  JobRunner,
  RuleSettings,
  SinkNames,
  type JobRunState,
  type ProcessedCrash,
} from '@faultline/sdk';
import type { SignatureListEdits, SignatureLists, SignatureListTestAnswer, SignaturePlan } from '@faultline/sdk/api';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import { builtInListTexts } from '@faultline/signature';
import {
  MemoryCrashStorage,
  sampleCrashId,
  samplePending,
  sampleProcessed,
  sampleRawCrash,
  sampleRun,
} from '@faultline/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const stack = (...names: string[]) => ({
  crash_info: { crashing_thread: 0 },
  threads: [{ frames: names.map((name) => ({ function: name, file: 'a.cpp', line: 1, module: 'pot' })) }],
});

describe('signature lists that an operator edits', () => {
  let host: TestHost;
  let storage: MemoryCrashStorage;
  let token: string;
  let folder: string | undefined;

  async function start(lists?: string): Promise<void> {
    storage = new MemoryCrashStorage();
    host = await startTestHost({
      plugins: ['signature', 'jobs'],
      fakes: [fake(CrashStorage, storage), fake(SinkNames, { all: () => Promise.resolve(['elsewhere']) })],
      config: { signature: lists === undefined ? {} : { lists } },
    });
    token = await host.createToken({ permissions: ['manage', 'triage'], validFor: null });
  }
  beforeEach(() => start());
  afterEach(async () => {
    await host.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    folder = undefined;
  });

  const ask = async <T>(method: string, url: string, body?: object): Promise<{ status: number; body: T }> => {
    const answer = await host.fetch(url, {
      method,
      headers: { 'auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const lists = async () => (await ask<SignatureLists>('GET', '/api/v1/signature-lists')).body;

  /** Stores a crash as the rules would have left it. */
  async function add(seed: number, signature: string, ...names: string[]): Promise<string> {
    const id = sampleCrashId(seed);
    const draft = storage.openDraft();
    await draft.commit({ raw: sampleRawCrash({ crashId: id }), pending: samplePending(id) });
    const fields = { signature, json_dump: stack(...names), proto_signature: names.join(' | ') };
    const processed = sampleProcessed(id, fields);
    await storage.commitRun({ crashId: id, run: 1, expectedRun: 0, processed, record: sampleRun(1), sinks: [] });
    return id;
  }
  const signatures = async (ids: readonly string[]) =>
    await Promise.all(ids.map(async (id) => (await storage.processedCrash(id))?.signature));

  async function run(url: string, body?: object): Promise<JobRunState> {
    const answer = await ask<{ run: string }>('POST', url, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return await host.resolve(JobRunner).settled(answer.body.run, AbortSignal.timeout(15_000));
  }
  const prefixEdit: SignatureListEdits = { prefix: `${builtInListTexts.prefix}\nPot::boil\n` };

  it('are the built-in ones at first, each with its entries and nobody who changed them', async () => {
    const answer = await lists();
    expect(answer).toMatchObject({ version: 0, history: [] });
    expect(answer.problems).toEqual([]);
    expect(answer.lists.map(({ name, origin }) => [name, origin])).toEqual([
      ['irrelevant', 'built-in'],
      ['prefix', 'built-in'],
      ['sentinels', 'built-in'],
      ['withLineNumbers', 'built-in'],
    ]);
    expect(answer.lists[0]?.entries).toBeGreaterThan(100);
  });

  it('name what is wrong by file and line, and take the rest', async () => {
    const { body } = await ask<SignatureLists>('POST', '/api/v1/signature-lists/check', {
      lists: { irrelevant: 'good\n(bad\n(a+)+b\n' },
    });
    expect(body.problems).toMatchObject([
      { file: 'irrelevant_signature_re.txt', line: 2, severity: 'error', code: 'EXPRESSION_INVALID' },
      { file: 'irrelevant_signature_re.txt', line: 3, severity: 'warning', code: 'EXPRESSION_NESTED_REPETITION' },
    ]);
  });

  it('are saved with who did it, reach the rules at once, and refuse what somebody else changed meanwhile', async () => {
    const settings = host.contributions(RuleSettings).get('signature')?.value;
    let told = 0;
    settings?.onChange(() => told++);
    const saved = await ask<SignatureLists>('PUT', '/api/v1/signature-lists', { version: 0, lists: prefixEdit });
    expect(saved.body).toMatchObject({ version: 1, history: [{ version: 1, text: 'prefix: 1 line added' }] });
    expect(saved.body.lists[1]).toMatchObject({ origin: 'app', text: prefixEdit.prefix });
    expect(told).toBe(1);
    expect(JSON.stringify(settings?.current())).toContain('Pot::boil');
    const late = await ask('PUT', '/api/v1/signature-lists', { version: 0, lists: { sentinels: 'x' } });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'LISTS_CHANGED' } } });
    expect(await host.resolve(AuditLog).entries({ action: 'signature-lists.save' })).toMatchObject([{ target: '1' }]);
    // Null goes back to what is built in.
    const back = await ask<SignatureLists>('PUT', '/api/v1/signature-lists', { version: 1, lists: { prefix: null } });
    expect(back.body.lists[1]).toMatchObject({ origin: 'built-in', text: builtInListTexts.prefix });
  });

  it('say what one crash would get, and which line decides', async () => {
    const id = await add(1, 'Pot::boil', 'Pot::boil', 'Pot::heat');
    const { body } = await ask<SignatureListTestAnswer>('POST', '/api/v1/signature-lists/test', {
      crashId: `bp-${id}`,
      lists: prefixEdit,
    });
    expect(body).toMatchObject({ stored: 'Pot::boil', current: 'Pot::boil', edited: 'Pot::boil | Pot::heat' });
    expect(body.frames[0]).toMatchObject({ verdict: 'prefixed', entry: { expression: 'Pot::boil' } });
    expect(await ask('POST', '/api/v1/signature-lists/test', { crashId: 'x' })).toMatchObject({ status: 404 });
  });

  it('preview what would move, apply exactly that, and undo it byte for byte', async () => {
    const ids = [
      await add(1, 'Pot::boil', 'Pot::boil', 'Pot::heat'),
      await add(2, 'Pot::boil', 'Pot::boil', 'Pot::cool'),
      await add(3, 'Pot::boil', 'Pot::boil', 'Pot::heat'),
      await add(4, 'Pot::fill', 'Pot::fill'),
      // Signed by older lists: no effect of this edit.
      await add(5, 'stale', 'Pot::pour'),
    ];
    const before = await Promise.all(ids.map((id) => storage.processedCrash(id)));
    const preview = await run('/api/v1/signature-lists/preview', { version: 0, lists: prefixEdit, crashes: 100 });
    expect(preview).toMatchObject({ status: 'succeeded', result: { crashes: 5, moved: 3 } });
    const plan = async () => (await ask<SignaturePlan>('GET', `/api/v1/signature-lists/plans/${preview.id}`)).body;
    expect(await plan()).toMatchObject({
      status: 'listed',
      moved: 3,
      leaving: 1,
      created: 2,
      emptied: 1,
      split: 1,
      merged: 0,
      text: '3 crashes leave 1 group (of 5 crashes looked at), 1 group is split, 2 groups are new.',
      moves: [
        { from: 'Pot::boil', to: 'Pot::boil | Pot::heat', crashes: 2 },
        { from: 'Pot::boil', to: 'Pot::boil | Pot::cool', crashes: 1 },
      ],
    });
    // Nothing was written.
    expect((await lists()).version).toBe(0);
    expect(await signatures(ids)).toEqual(['Pot::boil', 'Pot::boil', 'Pot::boil', 'Pot::fill', 'stale']);

    // It came in after the preview: it is not on the list.
    const later = await add(6, 'Pot::boil', 'Pot::boil', 'Pot::heat');
    const applied = await run(`/api/v1/signature-lists/plans/${preview.id}/apply`);
    expect(applied).toMatchObject({ status: 'succeeded', result: { changed: 3, skipped: 0, asListed: true } });
    expect(await signatures([...ids, later])).toEqual([
      'Pot::boil | Pot::heat',
      'Pot::boil | Pot::cool',
      'Pot::boil | Pot::heat',
      'Pot::fill',
      'stale',
      'Pot::boil',
    ]);
    expect((await plan()).status).toBe('applied');
    expect((await storage.load(ids[0] ?? ''))?.runs).toHaveLength(2);
    // Sinks of other processes are told, too.
    expect((await storage.due('elsewhere', Date.now(), 10)).map(({ run: of }) => of)).toEqual([2, 2, 2]);

    const undone = await run(`/api/v1/signature-lists/plans/${preview.id}/undo`);
    expect(undone).toMatchObject({ status: 'succeeded', result: { changed: 3, skipped: 0 } });
    expect(await Promise.all(ids.map((id) => storage.processedCrash(id)))).toEqual(before);
    const after = await lists();
    expect(after.lists.map(({ text }) => text)).toEqual(Object.values(builtInListTexts));
    expect(after.history.map(({ text }) => text)).toEqual([
      'undid version 1',
      expect.stringMatching(/^applied: 3 crashes/),
    ]);
    const again = await run(`/api/v1/signature-lists/plans/${preview.id}/apply`);
    expect(again).toMatchObject({ status: 'failed', error: { code: 'PLAN_STATUS' } });
  });

  it('go with the rules of signatures: a change of those is previewed, applied and undone in the same way', async () => {
    const ids = [
      await add(1, 'Abort | Pot::boil', 'Pot::boil'),
      await add(2, 'Pot::boil | Pot::heat', 'Pot::boil', 'Pot::heat'),
      await add(3, 'Pot::fill', 'Pot::fill'),
    ];
    await ask('PUT', '/api/v1/signature-lists', { version: 0, lists: prefixEdit });
    const stored = await storage.processedCrash(ids[0] ?? '');
    if (stored === null) throw new Error('not stored');
    await storage.commitRun({
      crashId: ids[0] ?? '',
      run: 2,
      expectedRun: 1,
      processed: { ...stored, abort_message: 'out of tea', signature: 'Abort | out of tea | Pot::boil' },
      record: sampleRun(2),
      sinks: [],
    });
    const before = await Promise.all(ids.map((id) => storage.processedCrash(id)));
    const shown = await lists();
    expect(shown.rules).toMatchObject({ origin: 'configuration', ruleset: 'default', frames: 40, without: [] });
    expect(shown.rules?.steps.map(({ name }) => name)).toContain('AbortSignature');
    const rules = { ruleset: 'socorro', products: { Kettle: 'default' }, frames: 1, without: ['AbortSignature'] };
    const trial = await ask<SignatureListTestAnswer>('POST', '/api/v1/signature-lists/test', {
      crashId: ids[1],
      lists: { rules },
    });
    expect(trial.body).toMatchObject({ current: 'Pot::boil | Pot::heat', edited: 'Pot::boil' });

    const preview = await run('/api/v1/signature-lists/preview', { version: 1, lists: { rules }, crashes: 100 });
    const plan = (await ask<SignaturePlan>('GET', `/api/v1/signature-lists/plans/${preview.id}`)).body;
    expect(plan).toMatchObject({
      moved: 2,
      merged: 1,
      text: expect.stringContaining('2 crashes leave 2 groups') as string,
    });
    expect(await run(`/api/v1/signature-lists/plans/${preview.id}/apply`)).toMatchObject({
      result: { changed: 2, skipped: 0, asListed: true },
    });
    expect(await signatures(ids)).toEqual(['Pot::boil', 'Pot::boil', 'Pot::fill']);
    expect((await lists()).rules).toMatchObject({ origin: 'app', ...rules });
    expect(JSON.stringify(host.contributions(RuleSettings).get('signature')?.value.current())).toContain('"frames":1');

    expect(await run(`/api/v1/signature-lists/plans/${preview.id}/undo`)).toMatchObject({ result: { changed: 2 } });
    expect(await Promise.all(ids.map((id) => storage.processedCrash(id)))).toEqual(before);
    const after = await lists();
    expect(after.rules).toEqual(shown.rules);
    expect(after.lists[1]?.text).toBe(prefixEdit.prefix);
    expect(after.history[0]?.text).toBe('undid version 2');
  });

  it('refuse rules that are none, and say in the history what was changed', async () => {
    const rules = { ruleset: 'default', products: {}, frames: 12, without: [] };
    const wrong = await ask('PUT', '/api/v1/signature-lists', {
      version: 0,
      lists: { rules: { ...rules, without: ['SigTruncate'] } },
    });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'SIGNATURE_STEP_UNKNOWN' } } });
    const bad = await ask('PUT', '/api/v1/signature-lists', { version: 0, lists: { rules: { ...rules, frames: 41 } } });
    expect(bad.status).toBe(400);
    const saved = await ask<SignatureLists>('PUT', '/api/v1/signature-lists', { version: 0, lists: { rules } });
    expect(saved.body.history[0]?.text).toBe('rules: default; 12 frames');
    const back = await ask<SignatureLists>('PUT', '/api/v1/signature-lists', { version: 1, lists: { rules: null } });
    expect(back.body.history[0]?.text).toBe('rules: as configured');
    expect(back.body.rules?.origin).toBe('configuration');
  });

  it('leave alone a crash that changed since it was listed, and say so', async () => {
    const [one, two] = [
      await add(1, 'Pot::boil', 'Pot::boil', 'Pot::heat'),
      await add(2, 'Pot::boil', 'Pot::boil', 'Pot::heat'),
    ];
    const preview = await run('/api/v1/signature-lists/preview', { version: 0, lists: prefixEdit, crashes: 10 });
    const changed: ProcessedCrash = sampleProcessed(one, { signature: 'Other', json_dump: stack('Other') });
    await storage.commitRun({
      crashId: one,
      run: 2,
      expectedRun: 1,
      processed: changed,
      record: sampleRun(2),
      sinks: [],
    });
    const applied = await run(`/api/v1/signature-lists/plans/${preview.id}/apply`);
    expect(applied.result).toMatchObject({ changed: 1, skipped: 1, asListed: false });
    expect(await signatures([one, two])).toEqual(['Other', 'Pot::boil | Pot::heat']);
  });

  it('refuse a plan made for other lists', async () => {
    await add(1, 'Pot::boil', 'Pot::boil', 'Pot::heat');
    const preview = await run('/api/v1/signature-lists/preview', { version: 0, lists: prefixEdit, crashes: 10 });
    await ask('PUT', '/api/v1/signature-lists', { version: 0, lists: { sentinels: 'abort' } });
    const applied = await run(`/api/v1/signature-lists/plans/${preview.id}/apply`);
    expect(applied).toMatchObject({ status: 'failed', error: { code: 'LISTS_CHANGED' } });
  });

  it('come from files of a folder, read again without a restart, and are edited there', async () => {
    await host.stop();
    folder = await mkdtemp(path.join(tmpdir(), 'lists-'));
    const file = path.join(folder, 'prefix_signature_re.txt');
    await writeFile(file, 'first\n');
    await start(folder);
    expect((await lists()).lists[1]).toMatchObject({ origin: 'file', text: 'first\n', entries: 1 });
    await writeFile(file, 'first\nsecond\n');
    expect((await lists()).lists[1]).toMatchObject({ text: 'first\nsecond\n', entries: 2 });
    const refused = await ask('PUT', '/api/v1/signature-lists', { version: 0, lists: { prefix: 'third\n' } });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'LIST_IN_FILE' } } });
  });

  it('are changed by those who may manage, and seen by who is signed in', async () => {
    const status = async (method: string, as: [] | ['triage'], body?: object) =>
      (
        await host.fetch('/api/v1/signature-lists', {
          as,
          method,
          headers: { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).status;
    expect(await status('GET', [])).toBe(200);
    expect(await status('PUT', ['triage'], { version: 0, lists: {} })).toBe(403);
    expect(host.contributions(CrashSink).all()).toEqual([]);
  });
});
