/** What the app does for its page: one plain function for each question, wired to Electron in `main.ts`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import type { AppCommand, AppState, GivenFiles } from '../shared/ipc.js';
import type { Handlers } from './ipc-edge.js';
import type { OpenFiles } from './open-files.js';
import { ownServerId, type ServerProfiles } from './server-profiles.js';
import type { OwnServer } from './own-server.js';
import { startOwnServer } from './own-server-profile.js';
import type { RecentFiles } from './recent-files.js';
import type { SettingsFile } from './settings-file.js';
import type { SymbolFolders } from './symbol-folders.js';
import type { SymbolServers } from './symbol-servers.js';

/** Native dialogs, as paths; empty and null when they were cancelled. */
export interface Dialogs {
  openFiles(): Promise<string[]>;
  openFolder(): Promise<string | null>;
  saveFile(name: string): Promise<string | null>;
}

export interface HandlerParts {
  version: string;
  platform: string;
  settings: SettingsFile;
  profiles: ServerProfiles;
  files: OpenFiles;
  recent: RecentFiles;
  folders: SymbolFolders;
  symbolServers: SymbolServers;
  ownServer: OwnServer;
  dialogs: Dialogs;
  /** Paths that wait for a window: association, icon, command line. They are taken out. */
  takeWaiting(): string[];
  setCommands(commands: readonly AppCommand[]): void;
  /** The page speaks another language. */
  onWords(): void;
  /** The chosen server is another: the page begins anew. */
  onServerChange(): void;
}

export function makeHandlers(parts: HandlerParts): Handlers {
  const { settings, profiles, files, recent, folders, symbolServers, ownServer, dialogs } = parts;

  const state = (): AppState => ({
    version: parts.version,
    platform: parts.platform,
    profiles: profiles.list(),
    keepsTokens: profiles.keepsTokens,
    symbolFolders: folders.list(),
    symbolServers: symbolServers.list(),
    ownServer: ownServer.state,
    notifies: settings.values.notifies,
  });

  async function give(paths: readonly string[], window: number): Promise<GivenFiles | null> {
    if (paths.length === 0) return null;
    return files.giveAll(paths, window, (file) => recent.add(file, path.basename(file)));
  }

  return {
    'app.state': state,
    'app.commands': (commands) => {
      parts.setCommands(commands);
      return null;
    },
    'app.words': (words) => {
      settings.change({ words });
      parts.onWords();
      return null;
    },
    'app.notify': ({ isOn }) => {
      settings.change({ notifies: isOn });
      return null;
    },
    'files.waiting': (_, { window }) => give(parts.takeWaiting(), window),
    'files.choose': async ({ what }, { window }) => {
      if (what === 'files') return give(await dialogs.openFiles(), window);
      const folder = await dialogs.openFolder();
      return give(folder === null ? [] : [folder], window);
    },
    'files.read': ({ handle, offset, length }, { window }) => files.read(handle, window, { offset, length }),
    'files.close': async ({ handle }, { window }) => {
      await files.close(handle, window);
      return null;
    },
    'files.recent': () => recent.list(),
    'files.reopen': async ({ id }, { window }) => {
      const file = recent.pathOf(id);
      if (file === null) throw new FaultlineError('NotFound', 'FILE_NOT_KNOWN', 'The app does not know this file.');
      recent.add(file, path.basename(file));
      return files.give(file, window);
    },
    'files.save': async ({ name, text }) => {
      const file = await dialogs.saveFile(path.basename(name));
      if (file === null) return { isSaved: false };
      await writeFile(file, text);
      return { isSaved: true };
    },
    'symbols.addFolder': async () => {
      const folder = await dialogs.openFolder();
      if (folder !== null) folders.add(folder);
      return folders.list();
    },
    'symbols.removeFolder': ({ id }) => {
      folders.remove(id);
      return folders.list();
    },
    'symbols.addServer': ({ url }) => {
      symbolServers.add(url);
      return symbolServers.list();
    },
    'symbols.removeServer': ({ id }) => {
      symbolServers.remove(id);
      return symbolServers.list();
    },
    'symbols.find': async (module, { window }) => {
      const here = await folders.find(module);
      const { file, attempts } = here.file === null ? await symbolServers.find(module) : here;
      const all = here.file === null ? [...here.attempts, ...attempts] : attempts;
      if (file === null) return { file: null, attempts: all };
      return { file: { ...(await files.give(file.path, window)), origin: file.origin }, attempts: all };
    },
    'profiles.save': (profile) => {
      const before = profiles.current();
      const id = profiles.save(profile);
      if (before === null || before.id === id) parts.onServerChange();
      return state();
    },
    'profiles.remove': ({ id }) => {
      const before = profiles.current();
      profiles.remove(id);
      if (before?.id === id) parts.onServerChange();
      return state();
    },
    'profiles.choose': ({ id }) => {
      profiles.choose(id);
      parts.onServerChange();
      return state();
    },
    'ownServer.start': async () => {
      await startOwnServer({ settings, profiles, ownServer });
      profiles.choose(ownServerId);
      parts.onServerChange();
      return state();
    },
    'ownServer.stop': async () => {
      settings.change({ keepsCrashes: false });
      await ownServer.stop();
      return state();
    },
  };
}
