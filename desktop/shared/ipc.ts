/**
 * Everything that crosses between the page and the main process: one line here, its shape in `main/ipc-shapes.ts` and one
 * handler. Preload, main and page are typed by these maps.
 */
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';

/** A file that the person chose, dropped on the icon or opened by association. */
export interface OpenFile {
  /** Opaque; worth nothing to anyone but the window that got it. */
  handle: string;
  name: string;
  /** Path below the chosen folder; the name for a single file. */
  path: string;
  size: number;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

/** What came of a dialog, an association or a drop on the icon; null where nothing was chosen and nothing waits. */
export interface GivenFiles {
  files: OpenFile[];
  /** What could not be read, by its path from the chosen folder on, with the system's code ("EACCES"). At most 1,000. */
  unreadable: { path: string; code: string }[];
  /** There were more files than are looked at. */
  isCut: boolean;
}

export interface RecentFile {
  id: string;
  name: string;
  openedAt: number;
}

export interface ServerProfile {
  id: string;
  name: string;
  /** "https://crashes.example.org/"; "" for the one inside the app. */
  url: string;
  /** A token is there for it, and can be read; the token itself never leaves the main process. */
  hasToken: boolean;
  isChosen: boolean;
}

export interface SymbolFolder {
  id: string;
  /** For show. */
  path: string;
  /** What is wrong with it; "" when it can be read. */
  trouble: '' | 'missing' | 'denied';
}

/** A symbol server that a person named. */
export interface SymbolServer {
  id: string;
  /** With a slash at its end. */
  url: string;
}

export interface AppState {
  version: string;
  platform: string;
  profiles: ServerProfile[];
  /** Tokens go to the system's safe storage; false where it has none: they are kept until the app ends. */
  keepsTokens: boolean;
  symbolFolders: SymbolFolder[];
  symbolServers: SymbolServer[];
  /** The server on this computer. */
  ownServer: 'stopped' | 'starting' | 'running' | 'failed';
  notifies: boolean;
}

/** A command of the page as an entry of the app's menu. */
export interface AppCommand {
  id: string;
  title: string;
  section: string;
  /** Electron accelerator; "" for none. */
  accelerator: string;
}

/** What the app itself says, in menus and notifications, in the language of the page. */
export interface AppWords {
  file: string;
  openDump: string;
  servers: string;
  close: string;
  quit: string;
  edit: string;
  undo: string;
  redo: string;
  cut: string;
  copy: string;
  paste: string;
  selectAll: string;
  window: string;
  minimize: string;
  zoomIn: string;
  zoomOut: string;
  resetZoom: string;
  fullScreen: string;
  newGroup: string;
  groupBack: string;
  pageCrashes: string;
  loadAgain: string;
}

/** Questions of the page, with their answers. */
export interface AppQuestions {
  'app.state': { ask: null; answer: AppState };
  'app.commands': { ask: AppCommand[]; answer: null };
  'app.words': { ask: AppWords; answer: null };
  'app.notify': { ask: { isOn: boolean }; answer: null };
  /** Files that wait since before the page was there: association, icon, command line. */
  'files.waiting': { ask: null; answer: GivenFiles | null };
  'files.choose': { ask: { what: 'files' | 'folder' }; answer: GivenFiles | null };
  'files.read': { ask: { handle: string; offset: number; length: number }; answer: Uint8Array };
  'files.close': { ask: { handle: string }; answer: null };
  'files.recent': { ask: null; answer: RecentFile[] };
  'files.reopen': { ask: { id: string }; answer: OpenFile };
  'files.save': { ask: { name: string; text: string }; answer: { isSaved: boolean } };
  'symbols.addFolder': { ask: null; answer: SymbolFolder[] };
  'symbols.removeFolder': { ask: { id: string }; answer: SymbolFolder[] };
  'symbols.addServer': { ask: { url: string }; answer: SymbolServer[] };
  'symbols.removeServer': { ask: { id: string }; answer: SymbolServer[] };
  'symbols.find': {
    ask: { codeFile: string; debugFile: string; debugId: string };
    answer: { file: (OpenFile & { origin: string }) | null; attempts: SymbolAttempt[] };
  };
  'profiles.save': { ask: { id: string | null; name: string; url: string; token: string | null }; answer: AppState };
  'profiles.remove': { ask: { id: string }; answer: AppState };
  'profiles.choose': { ask: { id: string }; answer: AppState };
  'ownServer.start': { ask: null; answer: AppState };
  'ownServer.stop': { ask: null; answer: AppState };
}

/** What the main process tells without being asked. */
export interface AppEvents {
  /** Files arrived: fetch them with `files.waiting`. */
  'files.arrived': null;
  /** A menu entry was chosen. */
  'command.run': { id: string };
  /** A link or a notification leads to this place of the page. */
  'place.open': { path: string };
  /** Something in a watched symbol folder changed. */
  'symbols.changed': null;
  'app.changed': AppState;
}
