import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { anonymousMemory } from '../../../plugins/stackwalk/src/pool/process-memory.js';
import { WalkerPool } from '../../../plugins/stackwalk/src/pool/walker-pool.js';

const program = (name: string) => fileURLToPath(new URL(`programs/${name}.js`, import.meta.url));
const request = { dump: { bytes: new Uint8Array(1) }, sources: [], evil: null, timeBudget: 60_000 };
const never = new AbortController().signal;

const pools: WalkerPool[] = [];
function pool(name: string, options: Partial<ConstructorParameters<typeof WalkerPool>[0]> = {}): WalkerPool {
  const made = new WalkerPool({
    module: program(name),
    processes: 2,
    idleAfter: 10_000,
    jobsPerProcess: 100,
    timeLimit: 10_000,
    memoryLimit: 512 * 1024 * 1024,
    ...options,
  });
  pools.push(made);
  return made;
}

afterEach(() => {
  for (const made of pools.splice(0)) made.close();
});

const pidOf = async (walkers: WalkerPool) => {
  const outcome = await walkers.walk(request, never);
  if (outcome.kind !== 'reply' || !outcome.reply.ok) throw new Error(`no reply: ${JSON.stringify(outcome)}`);
  return (JSON.parse(outcome.reply.json) as { pid: number }).pid;
};

describe('WalkerPool', () => {
  it('starts no process before it is asked, and reuses a warm one', async () => {
    const walkers = pool('echo');
    expect(walkers.size).toBe(0);
    const first = await pidOf(walkers);
    expect(await pidOf(walkers)).toBe(first);
    expect(walkers.size).toBe(1);
  });

  it('never runs more processes than configured, and answers all that wait', async () => {
    const walkers = pool('echo', { processes: 2 });
    const pids = await Promise.all(Array.from({ length: 10 }, () => pidOf(walkers)));
    expect(new Set(pids).size).toBeLessThanOrEqual(2);
  });

  it('stops a process that has been idle, and one that did its share of jobs', async () => {
    const idle = pool('echo', { idleAfter: 20 });
    await pidOf(idle);
    await expect.poll(() => idle.size).toBe(0);
    const tired = pool('echo', { jobsPerProcess: 1 });
    expect(await pidOf(tired)).not.toBe(await pidOf(tired));
  });

  it('kills a walker that spins, and goes on with a fresh one', async () => {
    const walkers = pool('spin', { timeLimit: 300 });
    expect(await walkers.walk(request, never)).toEqual({ kind: 'timeout' });
    expect(await walkers.walk(request, never)).toEqual({ kind: 'timeout' });
    expect(walkers.size).toBe(0);
  });

  it('kills a walker that takes 8 GB in Buffers, while this process stays small', async () => {
    const walkers = pool('allocate', { memoryLimit: 256 * 1024 * 1024 });
    expect(await walkers.walk(request, never)).toEqual({ kind: 'memory-limit' });
    // The whole process also holds what other tests allocate; this is what came over to us.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(100 * 1024 * 1024);
  });

  it('says how a walker died that aborts natively', async () => {
    const outcome = await pool('abort').walk(request, never);
    expect(outcome).toEqual({ kind: 'died', reason: 'signal SIGABRT' });
  });

  it('is healthy before its first dump, and not when process after process dies', async () => {
    await expect(pool('echo').checkHealth()).resolves.toBeUndefined();
    await expect(pool('no-such-program').checkHealth()).rejects.toThrow('no-such-program');
    const dying = pool('abort');
    for (let walk = 0; walk < 5; walk += 1) await dying.walk(request, never);
    await expect(dying.checkHealth()).rejects.toMatchObject({ code: 'WALKER_DYING' });
  });

  it('kills the walk when the caller gives up', async () => {
    const stop = new AbortController();
    const walking = pool('spin').walk(request, stop.signal);
    setTimeout(() => stop.abort(), 100);
    expect(await walking).toEqual({ kind: 'aborted' });
  });

  it('answers what waits when it is closed', async () => {
    const walkers = pool('spin', { processes: 1 });
    const walks = [walkers.walk(request, never), walkers.walk(request, never)];
    setTimeout(() => walkers.close(), 100);
    const kinds = (await Promise.all(walks)).map((outcome) => outcome.kind);
    expect(kinds[0]).toBe('died');
    expect(kinds[1]).toBe('aborted');
  });
});

describe('anonymousMemory', () => {
  it('counts anonymous and shared memory, and no mapped files', () => {
    const status = 'VmRSS:\t  900 kB\nRssAnon:\t  100 kB\nRssFile:\t  780 kB\nRssShmem:\t   20 kB\n';
    expect(anonymousMemory(status)).toBe(120 * 1024);
  });
});
