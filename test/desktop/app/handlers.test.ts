import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appWords } from '../../../desktop/main/app-words.js';
import { makeHandlers } from '../../../desktop/main/handlers.js';
import { answerAsk, type Handlers, type Sender } from '../../../desktop/main/ipc-edge.js';
import { OpenFiles } from '../../../desktop/main/open-files.js';
import { OwnServer } from '../../../desktop/main/own-server.js';
import { RecentFiles } from '../../../desktop/main/recent-files.js';
import { ServerProfiles } from '../../../desktop/main/server-profiles.js';
import { SettingsFile } from '../../../desktop/main/settings-file.js';
import { SymbolFolders } from '../../../desktop/main/symbol-folders.js';
import { SymbolServers } from '../../../desktop/main/symbol-servers.js';
import type { GivenFiles } from '../../../desktop/shared/ipc.js';

const page: Sender = { url: 'app://faultline/local', isMainFrame: true, window: 1 };
const debugId = '0123456789ABCDEF0123456789ABCDEF1';
let folder: string;
let settings: SettingsFile;
let handlers: Handlers;
let folders: SymbolFolders;
let changes: string[];
/** What a person does in the next dialog. */
let chosen: { files: string[]; folder: string | null; save: string | null };
let waiting: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-handlers-'));
  settings = new SettingsFile(path.join(folder, 'settings.json'));
  folders = new SymbolFolders(settings, () => undefined);
  changes = [];
  waiting = [];
  chosen = { files: [], folder: null, save: null };
  const safe = { isAvailable: () => false, encrypt: () => Buffer.alloc(0), decrypt: () => '' };
  const profiles = new ServerProfiles(settings, safe);
  const nobody = () => Promise.resolve(new Response(null, { status: 404 }));
  handlers = makeHandlers({
    version: '1.2.3',
    platform: 'linux',
    settings,
    profiles,
    files: new OpenFiles(),
    recent: new RecentFiles(settings),
    folders,
    symbolServers: new SymbolServers({
      ...{ settings, cache: path.join(folder, 'cache'), quota: 1e6 },
      ...{ fetch: nobody, tokenFor: () => null, now: () => 0 },
    }),
    ownServer: new OwnServer({
      program: fakeServer(),
      data: folder,
      port: 7070,
      onChange: () => undefined,
      node: { path: process.execPath, env: {} },
    }),
    dialogs: {
      openFiles: () => Promise.resolve(chosen.files),
      openFolder: () => Promise.resolve(chosen.folder),
      saveFile: () => Promise.resolve(chosen.save),
    },
    takeWaiting: () => waiting.splice(0),
    setCommands: (commands) => changes.push(`menu ${commands.length}`),
    onWords: () => changes.push('words'),
    onServerChange: () => changes.push('server'),
  });
});
afterEach(() => {
  folders.close();
  rmSync(folder, { recursive: true });
});

/** Stands in for the server's program. */
function fakeServer(): string {
  return written(
    'server.mjs',
    `if (process.argv[2] === 'token') console.log('the-token');
     else { console.log('ready http://127.0.0.1:' + process.argv.at(-1)); setInterval(() => {}, 1000); }`,
  );
}
function written(name: string, content: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
async function ask(name: string, question: unknown = null, sender = page): Promise<unknown> {
  const answer = await answerAsk(handlers, sender, name, question);
  return 'failure' in answer ? answer.failure.code : answer.value;
}

describe('what the app does for its page', () => {
  it('gives files that a person chose, and what waits since the start, once', async () => {
    chosen.files = [written('a.dmp', 'MDMP0123'), path.join(folder, 'gone.dmp')];
    const given = (await ask('files.choose', { what: 'files' })) as GivenFiles;
    const [file] = given.files;
    expect(file).toMatchObject({ name: 'a.dmp', size: 8 });
    expect(given.unreadable).toEqual([{ path: 'gone.dmp', code: 'ENOENT' }]);
    const range = { handle: file?.handle, offset: 0, length: 4 };
    expect(Buffer.from((await ask('files.read', range)) as Uint8Array).toString()).toBe('MDMP');
    expect(await ask('files.read', range, { ...page, window: 2 })).toBe('FILE_NOT_GIVEN');
    waiting = [written('folder/b.dmp', 'MDMP')];
    expect(await ask('files.waiting')).toMatchObject({ files: [{ name: 'b.dmp' }] });
    expect(await ask('files.waiting')).toBeNull();
    expect(await ask('files.choose', { what: 'folder' })).toBeNull();
    chosen.folder = path.join(folder, 'folder');
    expect(await ask('files.choose', { what: 'folder' })).toMatchObject({ files: [{ path: 'folder/b.dmp' }] });
    const recent = (await ask('files.recent')) as { id: string; name: string }[];
    expect(recent.map(({ name }) => name).sort()).toEqual(['a.dmp', 'b.dmp']);
    expect(await ask('files.reopen', { id: recent[0]?.id })).toMatchObject({ name: recent[0]?.name });
    expect(await ask('files.reopen', { id: '/etc/passwd' })).toBe('FILE_NOT_KNOWN');
    await ask('files.close', { handle: file?.handle });
    expect(await ask('files.read', range)).toBe('FILE_NOT_GIVEN');
  });

  it('writes a text only where the person said', async () => {
    expect(await ask('files.save', { name: '../../x.json', text: '{}' })).toEqual({ isSaved: false });
    chosen.save = path.join(folder, 'out.json');
    expect(await ask('files.save', { name: 'x.json', text: '{}' })).toEqual({ isSaved: true });
    expect(readFileSync(chosen.save, 'utf8')).toBe('{}');
  });

  it('finds symbols in folders, then on servers, and says every place', async () => {
    chosen.folder = path.join(folder, 'symbols');
    written(`symbols/app.pdb/${debugId}/app.sym`, 'MODULE');
    expect(await ask('symbols.addFolder')).toMatchObject([{ path: chosen.folder, trouble: '' }]);
    expect(await ask('symbols.addServer', { url: 'nonsense' })).toBe('SYMBOL_SERVER_URL');
    const [server] = (await ask('symbols.addServer', { url: 'https://s.example.org' })) as { id: string }[];
    const module = { codeFile: 'app.exe', debugFile: 'app.pdb', debugId };
    expect(await ask('symbols.find', module)).toMatchObject({
      file: { name: 'app.sym', origin: `app.pdb/${debugId}/app.sym` },
      attempts: [{ status: 'found' }],
    });
    expect(await ask('symbols.find', { ...module, debugFile: 'other.pdb' })).toMatchObject({
      file: null,
      attempts: [{ source: 'folder symbols' }, { source: 'server s.example.org', status: 'not-found' }],
    });
    expect(await ask('symbols.removeServer', { id: server?.id })).toEqual([]);
    const state = (await ask('app.state')) as { symbolFolders: { id: string }[] };
    expect(await ask('symbols.removeFolder', { id: state.symbolFolders[0]?.id })).toEqual([]);
  });

  it('changes servers, and begins the page anew when the one in use is another', async () => {
    const save = (id: string | null, url: string) =>
      ask('profiles.save', { id, name: 'Ours', url, token: 'secret-token' });
    const first = (await save(null, 'https://a.example.org/')) as { profiles: { id: string }[] };
    expect(changes).toEqual(['server']);
    expect(JSON.stringify(first)).not.toContain('secret-token');
    const { profiles } = (await save(null, 'https://b.example.org/')) as { profiles: { id: string }[] };
    expect(changes).toEqual(['server']);
    expect(await ask('profiles.choose', { id: profiles[1]?.id })).toMatchObject({
      profiles: [{ isChosen: false }, { isChosen: true }],
    });
    expect(await ask('profiles.remove', { id: profiles[1]?.id })).toMatchObject({ profiles: [{ isChosen: true }] });
    expect(changes).toEqual(['server', 'server', 'server']);
    expect(await ask('profiles.choose', { id: 'nobody' })).toBe('PROFILE_UNKNOWN');
  });

  it('starts a server of its own, which is then the one in use, and stops it', async () => {
    expect(await ask('ownServer.start')).toMatchObject({
      ownServer: 'running',
      profiles: [{ url: 'http://127.0.0.1:7070/', hasToken: true, isChosen: true }],
    });
    expect(settings.values.keepsCrashes).toBe(true);
    expect(await ask('ownServer.stop')).toMatchObject({ ownServer: 'stopped' });
    expect(settings.values.keepsCrashes).toBe(false);
  });

  it('keeps what the page says of its menu, its words and notifications', async () => {
    await ask('app.commands', [{ id: 'a', title: 'A', section: 'S', accelerator: '' }]);
    await ask('app.words', { ...appWords.parse({}), file: 'Datei' });
    await ask('app.notify', { isOn: false });
    expect(changes).toEqual(['menu 1', 'words']);
    const later = new SettingsFile(path.join(folder, 'settings.json')).values;
    expect([later.words.file, later.notifies]).toEqual(['Datei', false]);
  });
});
