import { existsSync, mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OwnServer } from '../../../desktop/main/own-server.js';
import { SettingsFile } from '../../../desktop/main/settings-file.js';
import { SymbolFolders } from '../../../desktop/main/symbol-folders.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-own-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands in for the server's program. */
function program(text: string): string {
  const file = path.join(folder, 'server.mjs');
  writeFileSync(file, text);
  return file;
}
function server(file: string) {
  const states: string[] = [];
  const made: OwnServer = new OwnServer({
    program: file,
    data: folder,
    port: 7070,
    onChange: () => states.push(made.state),
    node: { path: process.execPath, env: {} },
  });
  return { made, states };
}
const serving = `if (process.argv[2] === 'token') console.log('the-token');
else if (process.argv.at(-1) === '7070' && process.env.TAKEN) { console.error('EADDRINUSE'); process.exit(1); }
else { console.log('ready http://127.0.0.1:' + process.argv.at(-1)); setInterval(() => {}, 1000); }`;

describe('the server of this computer', () => {
  it('starts, makes a token when none is there, and stops with the app', async () => {
    const { made, states } = server(program(serving));
    expect(await made.start({ needsToken: true })).toEqual({ url: 'http://127.0.0.1:7070/', token: 'the-token' });
    await made.stop();
    expect(states).toEqual(['starting', 'running', 'stopped']);
    expect(await made.start({ needsToken: false })).toMatchObject({ token: null });
    await made.stop();
  });

  it('is started once, however often it is asked for', async () => {
    const { made, states } = server(program(serving));
    const both = await Promise.all([made.start({ needsToken: false }), made.start({ needsToken: false })]);
    expect(both.map(({ url }) => url)).toEqual(['http://127.0.0.1:7070/', 'http://127.0.0.1:7070/']);
    await made.stop();
    expect(states).toEqual(['starting', 'running', 'stopped']);
  });

  it('gets a token that ends where nothing can keep it', async () => {
    const words = `if (process.argv[2] === 'token') console.log(process.argv.slice(-2).join(' '));`;
    const { made } = server(program(words + serving.replace(/^if .*\n?else /, 'else ')));
    expect((await made.start({ needsToken: true, tokenDays: 30 })).token).toBe('--days 30');
    await made.stop();
  });

  it('takes another port when its own is taken', async () => {
    vi.stubEnv('TAKEN', '1');
    const { made } = server(program(serving));
    expect((await made.start({ needsToken: false })).url).toBe('http://127.0.0.1:0/');
    await made.stop();
    vi.unstubAllEnvs();
  });

  it('says what the server said when it fails, and when there is none', async () => {
    const { made } = server(program(`console.error('the folder is of a newer version'); process.exit(3);`));
    const failure = { code: 'OWN_SERVER_FAILED', hint: 'the folder is of a newer version' };
    await expect(made.start({ needsToken: false })).rejects.toMatchObject(failure);
    expect(made.state).toBe('failed');
    const none = server(path.join(folder, 'nothing.mjs')).made;
    await expect(none.start({ needsToken: false })).rejects.toMatchObject({ code: 'OWN_SERVER_MISSING' });
  });
});

describe('symbol folders', () => {
  const debugId = '0123456789ABCDEF0123456789ABCDEF1';

  it('are searched in Breakpad’s layout, and no name of a dump leads out of them', async () => {
    const settings = new SettingsFile(path.join(folder, 'settings.json'));
    const root = path.join(folder, 'symbols');
    mkdirSync(path.join(root, 'app.pdb', debugId), { recursive: true });
    writeFileSync(path.join(root, 'app.pdb', debugId, 'app.sym'), 'MODULE');
    writeFileSync(path.join(folder, 'secret.sym'), 'x');
    const folders = new SymbolFolders(settings, () => undefined);
    folders.add(root);
    const found = await folders.find({ codeFile: 'app.exe', debugFile: 'C:\\build\\app.pdb', debugId });
    expect(found.file?.origin).toBe(`app.pdb/${debugId}/app.sym`);
    const missing = await folders.find({ codeFile: 'x', debugFile: '../../secret', debugId });
    expect(missing.file).toBeNull();
    expect(missing.attempts.every(({ location }) => location.startsWith(root))).toBe(true);
    rmSync(root, { recursive: true });
    expect(folders.list()).toMatchObject([{ trouble: 'missing' }]);
    folders.close();
    expect(existsSync(path.join(folder, 'settings.json'))).toBe(true);
  });

  it('are watched', async () => {
    let changes = 0;
    const root = path.join(folder, 'symbols');
    mkdirSync(root);
    const folders = new SymbolFolders(new SettingsFile(path.join(folder, 's.json')), () => (changes += 1));
    folders.add(root);
    writeFileSync(path.join(root, 'new.sym'), 'MODULE');
    await expect.poll(() => changes, { timeout: 5000 }).toBe(1);
    folders.close();
  });
});
