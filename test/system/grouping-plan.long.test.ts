import type { JobRunShape, SignaturePlan } from '@faultline/sdk/api';
import { afterAll, expect, it } from 'vitest';
import { Reader } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder, type RunningServer } from './server-process.js';

afterAll(cleanUp);

const crashes = 2000;
const patience = 240_000;

it('thousands of crashes signed again, a plan applied and undone: each goes on after kill -9, to the byte', async () => {
  const data = temporaryFolder();
  const made = await faultline(['generate', '--crashes', String(crashes), '--data', data, '--full'], { patience });
  expect(made.stderr).not.toContain('faultline:');
  let server = await startServer({ data, patience: 60_000 });
  let reader = await Reader.of(server);
  const restart = async (): Promise<void> => {
    await server.kill();
    server = await startServer({ data, patience: 60_000 });
    reader = await Reader.of(server);
  };
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'auth-token': reader.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const runOf = (id: string) => ask<JobRunShape>('GET', `/api/v1/job-runs/${id}`);
  const until = async (id: string, isReached: (run: JobRunShape) => boolean): Promise<JobRunShape> => {
    await expect.poll(async () => isReached(await runOf(id)), { timeout: patience, interval: 20 }).toBe(true);
    return await runOf(id);
  };
  const hasEnded = ({ endedAt }: JobRunShape) => endedAt !== null;
  /** Kills the server once some of the work is done, and waits for the next one to finish it. */
  const throughDeath = async (id: string, share: number): Promise<JobRunShape> => {
    const before = await until(id, ({ progress, endedAt }) => progress.done >= share || endedAt !== null);
    expect(hasEnded(before), 'it was over before it could be killed').toBe(false);
    await restart();
    return await until(id, hasEnded);
  };

  const wish = { search: '', ruleset: 'regenerate-signature' };
  const again = await throughDeath((await ask<{ id: string }>('POST', '/api/v1/processing/reprocess', wish)).id, 500);
  expect(again).toMatchObject({ status: 'succeeded', result: { crashes, unknown: 0, failed: 0 } });

  // Every name is a prefix, so that nearly all crashes move: three names each.
  const rules = { ruleset: 'default', products: {}, frames: 3, without: ['AbortSignature'] };
  const { run: planId } = await ask<{ run: string }>('POST', '/api/v1/signature-lists/preview', {
    version: 0,
    lists: { rules, prefix: '.*\n' },
    crashes,
  });
  await until(planId, hasEnded);
  const plan = await ask<SignaturePlan>('GET', `/api/v1/signature-lists/plans/${planId}`);
  expect(plan.moved).toBeGreaterThan(1000);
  const examples = plan.moves.slice(0, 200).map(({ example }) => example);
  const documents = async () =>
    await Promise.all(
      examples.map(async (id) => {
        const { processed } = await ask<{ processed: object }>('GET', `/api/v1/crashes/${id}`);
        return JSON.stringify(processed);
      }),
    );
  const before = await documents();

  const step = async (action: 'apply' | 'undo') => {
    const { run } = await ask<{ run: string }>('POST', `/api/v1/signature-lists/plans/${planId}/${action}`);
    const ended = await throughDeath(run, 500);
    expect(ended).toMatchObject({
      status: 'succeeded',
      result: { changed: plan.moved, skipped: 0, asListed: true },
    });
  };
  await step('apply');
  const applied = await documents();
  expect(applied.filter((text, index) => text === before[index])).toEqual([]);
  await step('undo');
  expect(await documents()).toEqual(before);
  await stopAndVerify(server);
}, 600_000);

async function stopAndVerify(server: RunningServer): Promise<void> {
  expect(await server.stop()).toBe(0);
  const verified = await faultline(['verify', '--data', server.data], { patience });
  expect(verified.code, verified.stderr + verified.stdout).toBe(0);
}
