import { onScopeDispose, watch } from 'vue';
import { useRouter } from 'vue-router';
import type { AppCommand } from '../../../../shared/ipc.js';
import { allCommands, commandTitle, sectionTitle, useCommands } from '../../shell/commands.js';
import { t } from '../../i18n/i18n.js';
import { appBridge } from '../bridge.js';
import { menuWords } from './menu-words.js';

/** Ties the page to the app around it: places that links and notifications lead to, and the menu. Nothing in a browser. */
export function useApp(): void {
  const bridge = appBridge();
  if (bridge === null) return;
  const router = useRouter();
  const stops = [
    bridge.on('place.open', ({ path }) => void router.push(path)),
    bridge.on('command.run', ({ id }) =>
      allCommands()
        .find((command) => command.id === id)
        ?.run(''),
    ),
    bridge.on('files.arrived', () => void router.push('/local')),
  ];
  onScopeDispose(() => stops.forEach((stop) => stop()));
  useCommands([
    {
      id: 'go.app',
      title: () => t('local.app.command'),
      section: 'Go to',
      keys: ['g a'],
      run: () => void router.push('/app'),
    },
  ]);
  watch(menuWords, (words) => void bridge.ask('app.words', words), { immediate: true });
  watch(menuCommands, (commands) => void bridge.ask('app.commands', commands), { immediate: true });
}

/** What the palette offers, as entries of the menu. */
function menuCommands(): AppCommand[] {
  return allCommands()
    .filter((command) => command.isKeyOnly !== true)
    .slice(0, 200)
    .map((command) => ({
      id: command.id,
      title: commandTitle(command).slice(0, 200),
      section: sectionTitle(command.section),
      accelerator: accelerator(command.keys?.[0] ?? ''),
    }));
}

/** Electron has no keys one after the other: those stand in the palette only. */
function accelerator(keys: string): string {
  return keys.startsWith('mod+') ? `CmdOrCtrl+${keys.slice(4).toUpperCase()}` : '';
}
