/**
 * Commands: what can be done here, each with a title and maybe keys. The palette, the `?` sheet and the keyboard all
 * read this one registry. Keys are written `g i` (one after the other), `mod+k` (Ctrl or Cmd), `j`.
 */
import { onScopeDispose, shallowReactive } from 'vue';

export interface PageCommand {
  id: string;
  title: string;
  section: 'Go to' | 'This list' | 'This report' | 'This page';
  keys?: readonly string[];
  /** Not in the palette: only useful as a key. */
  isKeyOnly?: boolean;
  /** @param key the one that was pressed, written as in `keys`; "" from the palette */
  run(key: string): void;
}

const registered = shallowReactive(new Map<string, PageCommand>());

/** Adds commands for as long as the component lives. */
export function useCommands(commands: readonly PageCommand[]): void {
  for (const command of commands) registered.set(command.id, command);
  onScopeDispose(() => {
    for (const command of commands) {
      if (registered.get(command.id) === command) registered.delete(command.id);
    }
  });
}

/** What concerns the thing in front comes first. */
const sections: readonly PageCommand['section'][] = ['This report', 'This list', 'Go to', 'This page'];

export function allCommands(): PageCommand[] {
  return [...registered.values()].sort((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section));
}

const sequenceTime = 1200;
let pending = '';
let pendingSince = 0;

/** For the window's keydown. Typing in a field is never a command, except with Ctrl or Cmd. */
export function handleKey(event: KeyboardEvent, now: number): void {
  if (event.defaultPrevented || event.isComposing) return;
  const key = keyName(event);
  if (key === null) return;
  if (!key.startsWith('mod+') && isTyping(event.target)) return;
  if (document.querySelector('dialog[open]') !== null && !key.startsWith('mod+')) return;
  const sequence = pending !== '' && now - pendingSince < sequenceTime ? `${pending} ${key}` : key;
  pending = '';
  const found = findCommand(sequence) ?? (sequence === key ? null : findCommand(key));
  if (found !== null) {
    event.preventDefault();
    found.run(key);
    return;
  }
  if (startsSequence(key)) {
    pending = key;
    pendingSince = now;
  }
}

function findCommand(keys: string): PageCommand | null {
  return allCommands().findLast((command) => command.keys?.includes(keys) === true) ?? null;
}

function startsSequence(key: string): boolean {
  return allCommands().some((command) => command.keys?.some((keys) => keys.startsWith(`${key} `)) === true);
}

function keyName(event: KeyboardEvent): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return null;
  if (event.altKey) return null;
  const key =
    event.key.length === 1 ? (event.ctrlKey || event.metaKey ? event.key.toLowerCase() : event.key) : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role="combobox"], [role="listbox"]'))
  );
}

/** Keys of a command for people; a long row of them as its ends. */
export function shownKeys(keys: readonly string[]): { caps: string[][]; joint: string } {
  const [first, last] = [keys[0] ?? '', keys.at(-1) ?? ''];
  if (keys.length > 3) return { caps: [keyCaps(first), keyCaps(last)], joint: 'to' };
  return { caps: keys.map(keyCaps), joint: 'or' };
}

/** How keys look on this machine: `mod+k` as "Ctrl K" or "⌘ K". */
export function keyCaps(keys: string): string[] {
  const mod = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';
  return keys
    .split(' ')
    .flatMap((key) => key.split('+').map((part) => (part === 'mod' ? mod : (capNames[part] ?? part))));
}

const capNames: Record<string, string> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};
