/** The app: what it sets up stands in `begin`, in order; each part has a file of its own. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  net,
  Notification,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
} from 'electron';
import { askChannel, tellChannel } from '../shared/channels.js';
import type { AppCommand, AppEvents } from '../shared/ipc.js';
import { menuTemplate } from './app-menu.js';
import { appProtocol } from './app-protocol.js';
import { startCrashReporting } from './crash-reporting.js';
import { GroupNotices } from './group-notices.js';
import { makeHandlers } from './handlers.js';
import { answerAsk } from './ipc-edge.js';
import { filesOfArguments, linkOfArguments, parseLink, type AppLink } from './links.js';
import { firstSeenOf, openEvents } from './notice-requests.js';
import { OpenFiles } from './open-files.js';
import { OwnServer } from './own-server.js';
import { panelOrigin } from './panel-frames.js';
import { RecentFiles } from './recent-files.js';
import { readServerEvents } from './server-events.js';
import { ServerProfiles } from './server-profiles.js';
import { SettingsFile } from './settings-file.js';
import { SymbolFolders } from './symbol-folders.js';
import { SymbolServers } from './symbol-servers.js';
import { startUpdates } from './updates.js';
import { placeOf, restoredBounds } from './window-place.js';

const built = path.dirname(fileURLToPath(import.meta.url));
/** Packaged, the server lies beside the app; in the repository, beside this folder. */
const serverProgram = [
  path.join(process.resourcesPath, 'faultline-server', 'bin', 'faultline.js'),
  path.join(built, '..', '..', '..', 'server', 'bin', 'faultline.js'),
].find((place) => existsSync(place));

const settings = new SettingsFile(path.join(app.getPath('userData'), 'settings.json'));
const profiles = new ServerProfiles(settings, {
  isAvailable: () => app.isReady() && safeStorage.isEncryptionAvailable(),
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
let window: BrowserWindow | null = null;
let waiting: string[] = filesOfArguments(process.argv);
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
  app.on('second-instance', (_, words) => {
    take(filesOfArguments(words));
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
  app.on('before-quit', (event) => {
    if (ownServer.state !== 'running') return;
    event.preventDefault();
    void ownServer.stop().finally(() => app.quit());
  });
  void app.whenReady().then(ready);
}

async function ready(): Promise<void> {
  serveApp();
  refuseRights();
  answerPage();
  showMenu();
  if (settings.values.keepsCrashes) await Promise.resolve(handlers['ownServer.start'](null, own)).catch(told);
  openWindow();
  listenForNotices();
  startUpdates(settings.values.updateUrl, (error) => say(`updates: ${error.message}`));
}

/** The app goes on without it; its screen says that it failed. */
function told(error: unknown): void {
  say(`the server of this computer: ${error instanceof Error ? error.message : String(error)}`);
}

/** For who started the app from a terminal. */
function say(line: string): void {
  process.stderr.write(`faultline: ${line}\n`);
}

function serveApp(): void {
  const answer = appProtocol({
    page: path.join(built, '..', 'renderer'),
    panelFrame: path.join(built, '..', 'panel'),
    profiles,
    fetch: (url, init) => net.fetch(url, init),
  });
  protocol.handle('app', answer);
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
  const saved = settings.values.window;
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const opened = new BrowserWindow({
    ...restoredBounds(saved, areas),
    show: false,
    backgroundColor: '#16181d',
    title: 'Faultline',
    webPreferences: {
      preload: path.join(built, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  window = opened;
  if (saved?.isMaximized === true) opened.maximize();
  opened.once('ready-to-show', () => opened.show());
  opened.on('close', () => remember(opened));
  opened.on('closed', () => (window = null));
  const { webContents } = opened;
  webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) void files.closeWindow(webContents.id);
  });
  webContents.on('render-process-gone', (_, { reason }) => {
    if (reason !== 'clean-exit' && reason !== 'killed') webContents.reload();
  });
  keepInside(opened);
  const place = startPlace(saved?.place ?? '/');
  void opened.loadURL(`app://faultline${place}`);
}

/** A link that started the app, dumps that wait, else what was open the last time. */
function startPlace(last: string): string {
  const link = linkOfArguments(process.argv);
  if (link !== null) return chooseServer(link) ? link.place : '/app';
  if (waiting.length > 0 || profiles.current() === null) return '/local';
  return last;
}

/** Links to elsewhere open in the browser; the window itself shows nothing but the page. */
function keepInside({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(({ url }) => {
    if (/^https?:\/\//.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event) => {
    if (!event.url.startsWith('app://faultline/')) event.preventDefault();
  });
  // A panel's frame shows its panel, or nothing.
  webContents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame && !event.url.startsWith(`${panelOrigin}/`)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

function remember(closing: BrowserWindow): void {
  const place = placeOf(closing.webContents.getURL());
  settings.change({ window: { ...closing.getNormalBounds(), isMaximized: closing.isMaximized(), place } });
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
