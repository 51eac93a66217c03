import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Reader, submitAccepted } from './crash-client.ts';
import { cleanUp, startServer, temporaryFolder } from './server-process.ts';

const manifest = {
  id: 'mood',
  displayName: 'Mood',
  apiVersion: 1,
  rules: './rules.ts',
  contributes: { ProcessingRule: [{ id: 'mood/mood' }] },
};
const rules = (mood: string) => `
  import { defineRules } from '@faultline/sdk/processing-rule';
  export default defineRules(() => [
    { id: 'mood/mood', title: 'Mood', version: 1, reads: [], writes: ['mood'], apply: () => ({ patch: { mood: '${mood}' } }) },
  ]);`;

/** `dev-reload.long.test.ts` holds it to the 2 s: how long anything takes tells nothing on a busy machine. */
const isTimed = process.env['FAULTLINE_TIMED'] === 'yes';

/** Wall time for each moment of processor time: above 1 where others keep the machine busy. */
function slowness(): number {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const used = () => (process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1000;
  while (used() < 200);
  return Math.max(1, (performance.now() - began) / used());
}

afterAll(cleanUp);

describe('serve --dev', () => {
  it('takes up a changed rule while crashes come in, and loses none of them', { retry: isTimed ? 1 : 0 }, async () => {
    const folder = path.join(temporaryFolder(), 'mood');
    mkdirSync(folder, { recursive: true });
    const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
    write('package.json', JSON.stringify({ name: 'mood', version: '1.0.0', type: 'module', faultline: manifest }));
    write('rules.ts', rules('old'));
    const server = await startServer({ args: ['--dev', '--set', `plugins=${JSON.stringify([folder])}`] });
    const reader = await Reader.of(server);
    const post = () => submitAccepted(server.url, { ProductName: 'Mood', Version: '1.0' });
    const moodOf = async (id: string) => (await reader.processed(id)).processed?.['mood'];
    expect(await moodOf(await post())).toBe('old');

    const ids: string[] = [];
    let changed = 0;
    let taken = 0;
    for (let n = 0; n < 2000 && taken === 0; n++) {
      const id = await post();
      ids.push(id);
      if (n === 10) {
        write('rules.ts', rules('new'));
        changed = performance.now();
      }
      if (n % 5 === 0 && (await moodOf(id)) === 'new') taken = performance.now();
    }
    const moods = await Promise.all(ids.map(moodOf));
    expect(new Set(moods)).toEqual(new Set(['old', 'new']));
    // Once it is new it stays new.
    expect(moods.indexOf('old', moods.indexOf('new'))).toBeLessThan(moods.indexOf('new') + 10);
    for (const id of ids) expect((await reader.report(id)).runs).toMatchObject([{ run: 1, status: 'complete' }]);
    if (isTimed) expect((taken - changed) / slowness()).toBeLessThan(2000);
    expect(await server.stop()).toBe(0);
  });
});
