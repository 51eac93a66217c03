import type { MenuItemConstructorOptions } from 'electron';
import type { AppCommand, AppWords } from '../shared/ipc.js';

export interface MenuActions {
  run(command: string): void;
  openFiles(): void;
  openPlace(place: string): void;
}

/** The app's menu: what every app has, and the page's commands by their sections. */
export function menuTemplate(
  { commands, words, platform }: { commands: readonly AppCommand[]; words: AppWords; platform: string },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const label = (text: string): string => text.replaceAll('&', '&&');
  const sections = new Map<string, AppCommand[]>();
  for (const command of commands) sections.set(command.section, [...(sections.get(command.section) ?? []), command]);
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: label(words.file),
      submenu: [
        { label: label(words.openDump), accelerator: 'CmdOrCtrl+O', click: () => actions.openFiles() },
        { label: label(words.servers), accelerator: 'CmdOrCtrl+,', click: () => actions.openPlace('/app') },
        { type: 'separator' },
        isMac ? { role: 'close', label: label(words.close) } : { role: 'quit', label: label(words.quit) },
      ],
    },
    {
      label: label(words.edit),
      submenu: [
        { role: 'undo', label: label(words.undo) },
        { role: 'redo', label: label(words.redo) },
        { type: 'separator' },
        { role: 'cut', label: label(words.cut) },
        { role: 'copy', label: label(words.copy) },
        { role: 'paste', label: label(words.paste) },
        { role: 'selectAll', label: label(words.selectAll) },
      ],
    },
    ...[...sections].map(([section, entries]): MenuItemConstructorOptions => ({
      label: label(section),
      submenu: entries.map(({ id, title, accelerator }) => ({
        id,
        label: label(title),
        // Keys of the page are heard by the page: shown here, and not taken away from it.
        ...(accelerator === '' ? {} : { accelerator, registerAccelerator: false }),
        click: () => actions.run(id),
      })),
    })),
    {
      label: label(words.window),
      submenu: [
        { role: 'minimize', label: label(words.minimize) },
        { role: 'zoomIn', label: label(words.zoomIn) },
        { role: 'zoomOut', label: label(words.zoomOut) },
        { role: 'resetZoom', label: label(words.resetZoom) },
        { role: 'togglefullscreen', label: label(words.fullScreen) },
        { role: 'close', label: label(words.close) },
      ],
    },
  ];
}
