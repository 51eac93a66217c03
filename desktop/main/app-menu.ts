import type { MenuItemConstructorOptions } from 'electron';
import type { AppCommand } from '../shared/ipc.js';

export interface MenuActions {
  run(command: string): void;
  openFiles(): void;
  openPlace(place: string): void;
}

/** The app's menu: what every app has, and the page's commands by their sections. */
export function menuTemplate(
  commands: readonly AppCommand[],
  actions: MenuActions,
  platform: string,
): MenuItemConstructorOptions[] {
  const sections = new Map<string, AppCommand[]>();
  for (const command of commands) sections.set(command.section, [...(sections.get(command.section) ?? []), command]);
  return [
    ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Open a dump…', accelerator: 'CmdOrCtrl+O', click: () => actions.openFiles() },
        { label: 'Servers and this app…', accelerator: 'CmdOrCtrl+,', click: () => actions.openPlace('/app') },
        { type: 'separator' },
        { role: platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    ...[...sections].map(([label, entries]): MenuItemConstructorOptions => ({
      label: label.replaceAll('&', '&&'),
      submenu: entries.map(({ id, title, accelerator }) => ({
        id,
        label: title.replaceAll('&', '&&'),
        // Keys of the page are heard by the page: shown here, and not taken away from it.
        ...(accelerator === '' ? {} : { accelerator, registerAccelerator: false }),
        click: () => actions.run(id),
      })),
    })),
    { label: '&Window', role: 'windowMenu' },
  ];
}
