import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, startServer, temporaryFolder } from './server-process.js';

/** A plugin from outside with `activate` as its body. */
function plugin(activate: string): string {
  const folder = path.join(temporaryFolder(), 'odd');
  mkdirSync(folder);
  const faultline = { id: 'odd', displayName: 'Odd', apiVersion: 1, entry: './index.js' };
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'odd', version: '1.0.0', type: 'module', faultline }),
  );
  writeFileSync(
    path.join(folder, 'index.js'),
    `import { definePlugin } from '@faultline/sdk';\nexport default definePlugin({ ${activate} });\n`,
  );
  return folder;
}

afterAll(cleanUp);

describe('a server that is asked to stop', () => {
  it('ends although a plugin has left something open, and says what', { timeout: 60_000 }, async () => {
    const left = plugin('activate() { setInterval(() => {}, 1000); }');
    const server = await startServer({ args: ['--set', `plugins=${JSON.stringify([left])}`] });
    expect(await server.stop()).toBe(0);
    expect(server.log()).toContain('something is still open after the stop');
  });

  it('ends although its start does not', { timeout: 60_000 }, async () => {
    const stuck = plugin(
      "async activate() { process.stderr.write('waiting for ever\\\\n'); await new Promise(() => {}); }",
    );
    const words = ['server/bin/faultline.js', 'serve', '--data', temporaryFolder(), '--port', '0'];
    const child = spawn(process.execPath, [...words, '--set', `plugins=${JSON.stringify([stuck])}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('waiting for ever')) resolve();
      });
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(said).toContain('Asked to stop before the start is over.');
  });
});
