/** The one window: how it is made, what it may not do, and where it stands the next time. */
import { app, BrowserWindow, dialog, screen, shell } from 'electron';
import { CrashLoop } from './crash-loop.js';
import { panelOrigin } from './panel-frames.js';
import type { SettingsFile } from './settings-file.js';
import { placeOf, restoredBounds } from './window-place.js';

export interface AppWindowParts {
  settings: SettingsFile;
  preload: string;
  /** Path and query of the page to begin with. */
  place: string;
  /** The page begins anew: what was given to the old one is worth nothing. */
  onLeave(webContents: number): void;
  onClosed(): void;
}

export function openAppWindow({ settings, preload, place, onLeave, onClosed }: AppWindowParts): BrowserWindow {
  const saved = settings.values.window;
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const opened = new BrowserWindow({
    ...restoredBounds(saved, areas),
    show: false,
    backgroundColor: '#16181d',
    title: 'Faultline',
    webPreferences: { preload, contextIsolation: true, sandbox: true, nodeIntegration: false, webviewTag: false },
  });
  if (saved?.isMaximized === true) opened.maximize();
  opened.once('ready-to-show', () => opened.show());
  opened.on('close', () => {
    const last = placeOf(opened.webContents.getURL());
    settings.change({ window: { ...opened.getNormalBounds(), isMaximized: opened.isMaximized(), place: last } });
  });
  opened.on('closed', onClosed);
  const { webContents } = opened;
  webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) onLeave(webContents.id);
  });
  loadAgainAfterCrashes(opened, settings);
  keepInside(opened);
  void opened.loadURL(`app://faultline${place}`);
  return opened;
}

function loadAgainAfterCrashes(window: BrowserWindow, settings: SettingsFile): void {
  const loop = new CrashLoop();
  const { webContents } = window;
  webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit' || reason === 'killed') return;
    if (loop.mayReload()) return webContents.reload();
    const { pageCrashes, loadAgain, quit } = settings.values.words;
    const question = { type: 'error' as const, message: pageCrashes, buttons: [loadAgain, quit] };
    void dialog.showMessageBox(window, question).then(({ response }) => {
      if (response !== 0) app.quit();
      // From the start: what was open may be what it can't bear.
      else void window.loadURL('app://faultline/local');
    });
  });
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
