/** The app: what it sets up stands in `begin`, in order; each part has a file of its own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  autoUpdater,
  dialog,
  ipcMain,
  Menu,
  net,
  Notification,
  protocol,
  safeStorage,
  session,
  type BrowserWindow,
} from 'electron';
import { askChannel, tellChannel } from '../shared/channels.js';
import type { AppCommand, AppEvents } from '../shared/ipc.js';
import { menuTemplate } from './app-menu.js';
import { appProtocol } from './app-protocol.js';
import { openAppWindow } from './app-window.js';
import { startCrashReporting } from './crash-reporting.js';
import { GroupNotices } from './group-notices.js';
import { makeHandlers } from './handlers.js';
import { answerAsk } from './ipc-edge.js';
import { filesOfArguments, linkOfArguments, parseLink, type AppLink } from './links.js';
import { firstSeenOf, openEvents } from './notice-requests.js';
import { OpenFiles } from './open-files.js';
import { OwnServer } from './own-server.js';
import { startOwnServer } from './own-server-profile.js';
import { RecentFiles } from './recent-files.js';
import { readServerEvents } from './server-events.js';
import { ownServerId, ServerProfiles } from './server-profiles.js';
import { SettingsFile } from './settings-file.js';
import { SymbolFolders } from './symbol-folders.js';
import { SymbolServers } from './symbol-servers.js';
import { startUpdates } from './updates.js';

const built = path.dirname(fileURLToPath(import.meta.url));
/** Packaged, the server lies beside the app; in the repository, beside this folder. */
const serverProgram = [
  path.join(process.resourcesPath, 'faultline-server', 'bin', 'faultline.js'),
  path.join(built, '..', '..', '..', 'server', 'bin', 'faultline.js'),
].find((place) => existsSync(place));

const settings = new SettingsFile(path.join(app.getPath('userData'), 'settings.json'));
const profiles = new ServerProfiles(settings, {
  isAvailable: hasSafeStorage,
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(bytes),
});
const files = new OpenFiles();
const recent = new RecentFiles(settings);
const folders = new SymbolFolders(settings, () => tell('symbols.changed', null));
const symbolServers = new SymbolServers({
  settings,
  cache: path.join(app.getPath('userData'), 'symbol-downloads'),
  quota: 8 * 2 ** 30,
  fetch: (url, init) => net.fetch(url, init),
  tokenFor: (url) => profiles.tokenOfAddress(url),
  now: Date.now,
});
const ownServer = new OwnServer({
  program: serverProgram ?? '',
  data: path.join(app.getPath('userData'), 'crashes'),
  port: 7070,
  onChange: () => tellState(),
});
const pages = appProtocol({
  page: path.join(built, '..', 'renderer'),
  panelFrame: path.join(built, '..', 'panel'),
  async server() {
    if (profiles.current()?.id === ownServerId) await ownServerStarts;
    return profiles.current();
  },
  fetch: (url, init) => net.fetch(url, init),
});
let window: BrowserWindow | null = null;
let waiting: string[] = filesOfArguments(process.argv, process.cwd());
/** Until the server of this computer, when it starts with the app, answers or has failed. */
let ownServerStarts: Promise<void> = Promise.resolve();
let commands: readonly AppCommand[] = [];
let notices = new AbortController();

// Both must stand before the app is ready.
protocol.registerSchemesAsPrivileged([
  {
    scheme: 'app',
    privileges: {
      standard: true,
      secure: true,
      supportFetchAPI: true,
      corsEnabled: true,
      stream: true,
      codeCache: true,
    },
  },
]);
startCrashReporting({ version: app.getVersion(), serverUrl: profiles.current()?.url ?? null });

if (app.requestSingleInstanceLock()) begin();
else app.quit();

function begin(): void {
  app.setAsDefaultProtocolClient('faultline');
  app.on('second-instance', (_, words, folder) => {
    take(filesOfArguments(words, folder));
    const link = linkOfArguments(words);
    if (link !== null) follow(link);
    window?.show();
    window?.focus();
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    take([file]);
  });
  app.on('open-url', (event, url) => {
    event.preventDefault();
    const link = parseLink(url);
    if (link !== null) follow(link);
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => folders.close());
  let isEnding = false;
  app.on('before-quit', (event) => {
    if (isEnding || ownServer.state === 'stopped' || ownServer.state === 'failed') return;
    event.preventDefault();
    isEnding = true;
    void ownServer.stop().finally(() => app.quit());
  });
  void app.whenReady().then(ready);
}

/** The window waits for nothing: dumps can be opened while the server of this computer still starts. */
async function ready(): Promise<void> {
  protocol.handle('app', (request) => pages.answer(request));
  refuseRights();
  answerPage();
  showMenu();
  if (settings.values.keepsCrashes) ownServerStarts = startOwnServer({ settings, profiles, ownServer }).catch(told);
  openWindow();
  await ownServerStarts;
  listenForNotices();
  startUpdates({
    updateUrl: settings.values.updateUrl,
    platform: process.platform,
    updater: autoUpdater,
    onError: (error) => say(`updates: ${error.message}`),
  });
}

/** Linux without a keyring has a key that is the same everywhere (`basic_text`): whatever it is asked, that is no safe place. */
function hasSafeStorage(): boolean {
  if (!app.isReady() || !safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

/** The app goes on without it; its screen says that it failed. */
function told(error: unknown): void {
  say(`the server of this computer: ${error instanceof Error ? error.message : String(error)}`);
}

/** For who started the app from a terminal. */
function say(line: string): void {
  process.stderr.write(`faultline: ${line}\n`);
}

/** The page needs none of what a browser asks people about. */
function refuseRights(): void {
  session.defaultSession.setPermissionRequestHandler((_, permission, allow) =>
    allow(permission === 'clipboard-sanitized-write'),
  );
  session.defaultSession.setPermissionCheckHandler((_, permission) => permission === 'clipboard-sanitized-write');
}

const own = { url: 'app://faultline/', isMainFrame: true, window: 0 };
const handlers = makeHandlers({
  version: app.getVersion(),
  platform: process.platform,
  settings,
  profiles,
  files,
  recent,
  folders,
  symbolServers,
  ownServer,
  dialogs: {
    async openFiles() {
      const { filePaths } = await dialog.showOpenDialog({ properties: ['openFile', 'multiSelections'] });
      return filePaths;
    },
    async openFolder() {
      const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory'] });
      return filePaths[0] ?? null;
    },
    async saveFile(name) {
      const { filePath } = await dialog.showSaveDialog({ defaultPath: name });
      return filePath === '' ? null : filePath;
    },
  },
  takeWaiting: () => waiting.splice(0),
  setCommands: (next) => {
    commands = next;
    showMenu();
  },
  onWords: showMenu,
  onServerChange: () => {
    listenForNotices();
    // The answer to the question goes first.
    setTimeout(() => window?.webContents.reload(), 50);
  },
});

function answerPage(): void {
  ipcMain.handle(askChannel, (event, name: unknown, ask: unknown) => {
    const { senderFrame, sender } = event;
    const url = senderFrame?.url ?? '';
    return answerAsk(handlers, { url, isMainFrame: senderFrame?.parent === null, window: sender.id }, name, ask);
  });
}

function openWindow(): void {
  window = openAppWindow({
    settings,
    preload: path.join(built, 'preload.cjs'),
    place: startPlace(settings.values.window?.place ?? '/'),
    onLeave(webContents) {
      pages.leave();
      void files.closeWindow(webContents);
    },
    onClosed: () => (window = null),
  });
}

/** A link that started the app, dumps that wait, else what was open the last time. */
function startPlace(last: string): string {
  const link = linkOfArguments(process.argv);
  if (link !== null) return chooseServer(link) ? link.place : '/app';
  if (waiting.length > 0 || profiles.current() === null) return '/local';
  return last;
}

function take(paths: readonly string[]): void {
  if (paths.length === 0) return;
  waiting = [...waiting, ...paths];
  openPlace('/local');
  tell('files.arrived', null);
}

function follow(link: AppLink): void {
  if (chooseServer(link)) openPlace(link.place);
  else openPlace('/app');
}

/** False for a server that this app does not know: it is never added by a link. */
function chooseServer({ server }: AppLink): boolean {
  if (server === '') return profiles.current() !== null;
  const profile = profiles.byAddress(server);
  if (profile === null) return false;
  if (!profile.isChosen) {
    profiles.choose(profile.id);
    listenForNotices();
  }
  return true;
}

function openPlace(place: string): void {
  if (window === null) return;
  window.show();
  tell('place.open', { path: place });
}

function showMenu(): void {
  const actions = {
    run: (id: string) => tell('command.run', { id }),
    openFiles: () =>
      void dialog
        .showOpenDialog({ properties: ['openFile', 'multiSelections'] })
        .then(({ filePaths }) => take(filePaths)),
    openPlace,
  };
  const { words } = settings.values;
  const template = menuTemplate({ commands, words, platform: process.platform }, actions);
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** One stream at a time, of the server in use. */
function listenForNotices(): void {
  notices.abort();
  notices = new AbortController();
  const { signal } = notices;
  const server = profiles.current();
  if (server === null) return;
  const request = (url: string, init: RequestInit): Promise<Response> => net.fetch(url, init);
  const decide = new GroupNotices({ firstSeen: firstSeenOf(server, request), now: Date.now });
  void readServerEvents({
    open: (stop) => openEvents(server, request, stop),
    hear: (event) => {
      if (!settings.values.notifies) return;
      void decide.noticeOf(event).then((notice) => {
        if (notice === null || signal.aborted || !Notification.isSupported()) return;
        const { newGroup, groupBack } = settings.values.words;
        const title = notice.kind === 'new' ? newGroup : groupBack;
        const shown = new Notification({ title, body: notice.signature.slice(0, 200) });
        shown.on('click', () => openPlace(notice.place));
        shown.show();
      });
    },
    signal,
  });
}

function tellState(): void {
  void Promise.resolve(handlers['app.state'](null, own)).then((state) => tell('app.changed', state));
}

function tell<Name extends keyof AppEvents>(name: Name, value: AppEvents[Name]): void {
  window?.webContents.send(tellChannel, { name, value });
}
