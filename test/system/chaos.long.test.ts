/**
 * Ten thousand crashes through a sink that fails at random, a rule that throws at random and one that loops, with
 * processors, walkers and front processes killed at random: every crash ends complete, partial, or dead with a reason,
 * none twice and none missing. `FAULTLINE_CHAOS` sets another number.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMinidump } from '@faultline/minidump';
import { NatsServer, natsVersion } from '../nats-server.ts';
import { Reader, submitAccepted } from './crash-client.ts';
import { cleanUp, startServer, temporaryFolder, type RunningServer } from './server-process.ts';

const crashes = Number(process.env['FAULTLINE_CHAOS'] ?? 10_000);
const version = natsVersion();
const sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** Rules that fail by the crash's own number, so that the outcome can be told beforehand; a sink that fails at random. */
async function writeChaosPlugin(folder: string, taken: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const manifest = {
    id: 'chaos',
    displayName: 'Chaos',
    apiVersion: 1,
    entry: './index.js',
    rules: './rules.js',
    roles: ['processor'],
    contributes: {
      CrashSink: [{ id: 'chaos' }],
      ProcessingRule: [{ id: 'chaos/throws' }, { id: 'chaos/loops' }],
    },
  };
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'chaos', version: '1.0.0', type: 'module', faultline: manifest }),
  );
  await writeFile(
    path.join(folder, 'rules.js'),
    `import { defineRules } from '@faultline/sdk/processing-rule';
     const number = ({ raw }) => Number(raw.annotations.Number);
     const rule = (id, apply, budget) => ({ id, title: id, version: 1, reads: [], writes: [id.replace('/', '_')], apply, budget });
     export default defineRules(() => [
       rule('chaos/throws', (input) => { if (number(input) % 10 === 3) throw new RangeError('chaos'); return { patch: { chaos_throws: 1 } }; }),
       rule('chaos/loops', (input) => { if (number(input) % 1000 === 7) while (true) {} return { patch: { chaos_loops: 1 } }; }, 500),
     ]);`,
  );
  await writeFile(
    path.join(folder, 'index.js'),
    `import { appendFileSync } from 'node:fs';
     import { CrashSink, definePlugin } from '@faultline/sdk';
     export default definePlugin({
       activate(context) {
         context.contribute(CrashSink, {
           id: 'chaos',
           title: 'Chaos',
           async deliver(batch) {
             if (Math.random() < 0.3) throw new Error('chaos');
             appendFileSync(${JSON.stringify(taken)}, batch.map(({ crash, run }) => crash.crash_id + ' ' + run + '\\n').join(''));
           },
         });
       },
     });`,
  );
}

describe.skipIf(version === null)('Ten thousand crashes in chaos', () => {
  let nats: NatsServer;
  beforeAll(async () => {
    nats = await NatsServer.start();
  });
  afterAll(async () => {
    cleanUp();
    await nats.remove();
  });

  it('all end with a result or a reason, none twice and none missing', { timeout: 1_800_000 }, async () => {
    const data = temporaryFolder();
    const taken = path.join(data, 'taken.txt');
    const plugin = path.join(temporaryFolder(), 'chaos');
    await writeChaosPlugin(plugin, taken);
    await writeFile(
      path.join(data, 'faultline.yaml'),
      [
        `bus: { url: '${nats.url}' }`,
        `plugins: ['${plugin}']`,
        'processor: { ackWait: 3000, quarantine: 500, parkAfter: 100000, reconcileEvery: 5000 }',
      ].join('\n'),
    );
    const start = (roles: string) => startServer({ data, args: ['--roles', roles], patience: 60_000 });
    const [collector, people] = [await start('collector'), await start('web,jobs')];
    const reader = await Reader.of(people);
    const processors: RunningServer[] = [await start('processor'), await start('processor')];

    let isOver = false;
    let kills = 0;
    const killer = (async () => {
      while (!isOver) {
        await sleep(3000 + Math.random() * 5000);
        if (isOver) return;
        const victim = Math.floor(Math.random() * processors.length);
        if (Math.random() < 0.5) kills += killChildren(processors[victim]?.pid ?? 0);
        else {
          kills += 1;
          await processors[victim]?.kill();
          processors[victim] = await start('processor');
        }
      }
    })();

    const dump = await writeMinidump({
      os: 'Linux',
      cpu: 'amd64',
      modules: [{ name: '/opt/app/bin/app', base: 0x400000n, size: 0x10000 }],
      threads: [{ id: 1, registers: { rip: 0x401000n, rsp: 0x7fff0000n }, stack: { start: 0x7fff0000n, words: [1n] } }],
      exception: { threadId: 1, code: 11, address: 0x1cn },
    });
    const ids = new Map<string, number>();
    let next = 0;
    const poster = async (): Promise<void> => {
      for (let n = next++; n < crashes; n = next++) {
        const annotations = { ProductName: 'Chaos', Version: '1.0', Number: String(n) };
        ids.set(
          await submitAccepted(collector.url, annotations, n % 10 === 0 ? { upload_file_minidump: dump } : {}),
          n,
        );
      }
    };
    await Promise.all(Array.from({ length: 8 }, poster));
    expect(ids.size).toBe(crashes);
    process.stderr.write(`posted ${crashes}, ${kills} kills so far\n`);

    const idle = async () => {
      const status = await reader.get<{ queues: { depth: number }[]; outbox: { rows: number }[] }>('/api/v1/status');
      return status.queues.every(({ depth }) => depth === 0) && status.outbox.every(({ rows }) => rows === 0);
    };
    await expect.poll(idle, { timeout: 1_200_000, interval: 2000 }).toBe(true);
    isOver = true;
    await killer;
    // What was killed last may have left marks without a message, which the reconciler brings back.
    await sleep(15_000);
    await expect.poll(idle, { timeout: 300_000, interval: 1000 }).toBe(true);

    const outcomes: Record<string, number> = {};
    const wrong: string[] = [];
    const all = [...ids];
    const checker = async (): Promise<void> => {
      for (let entry = all.pop(); entry !== undefined; entry = all.pop()) {
        const [id, n] = entry;
        const report = await reader.report(id);
        const outcome =
          report.state === 'dead'
            ? `dead: ${report.error?.code ?? 'NO REASON'}`
            : (report.runs[0]?.status ?? report.state);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        const mustBePartial = n % 10 === 3 || n % 1000 === 7;
        const isRight =
          report.state === 'dead'
            ? report.error !== null
            : report.runs.length === 1 &&
              (mustBePartial ? outcome === 'partial' : ['complete', 'partial'].includes(outcome));
        if (!isRight) wrong.push(`${id} (${n}): ${outcome}, ${report.runs.length} runs`);
      }
    };
    await Promise.all(Array.from({ length: 4 }, checker));
    process.stderr.write(`${JSON.stringify({ kills, outcomes })}\n`);
    expect(wrong).toEqual([]);

    const dead = Object.entries(outcomes).reduce(
      (sum, [name, count]) => sum + (name.startsWith('dead') ? count : 0),
      0,
    );
    const delivered = existsSync(taken) ? readFileSync(taken, 'utf8').trim().split('\n') : [];
    expect(new Set(delivered).size).toBe(crashes - dead);
    expect(delivered.every((line) => line.endsWith(' 1'))).toBe(true);
    expect((await reader.search('product:Chaos', 0)).total).toBe(crashes - dead);
    for (const server of [collector, people, ...processors]) expect(await server.stop()).toBe(0);
  });
});

/** Walkers and whatever else a process has started. */
function killChildren(parent: number): number {
  let killed = 0;
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== parent) continue;
      process.kill(Number(entry), 'SIGKILL');
      killed += 1;
    } catch {
      // It has ended by itself.
    }
  }
  return killed;
}
