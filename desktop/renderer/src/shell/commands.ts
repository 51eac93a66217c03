/**
 * Commands: what can be done here, each with a title and maybe keys. The palette, the `?` sheet and the keyboard all
 * read this one registry. Keys are written `g i` (one after the other), `mod+k` (Ctrl or Cmd), `j`.
 */
import { onScopeDispose, shallowReactive } from 'vue';
import { t } from '../i18n/i18n.js';

/** What concerns the thing in front comes first. */
export const commandSections = ['This report', 'Triage', 'This list', 'Go to', 'This page'] as const;
export type CommandSection = (typeof commandSections)[number];

export interface PageCommand {
  id: string;
  /** A function where the words depend on the language, which may change while the command stands. */
  title: string | (() => string);
  section: CommandSection;
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

export function allCommands(): PageCommand[] {
  return [...registered.values()].sort(
    (a, b) => commandSections.indexOf(a.section) - commandSections.indexOf(b.section),
  );
}

export function commandTitle({ title }: Pick<PageCommand, 'title'>): string {
  return typeof title === 'string' ? title : title();
}

const sectionWords = {
  'This report': 'shell.section.report',
  Triage: 'shell.section.triage',
  'This list': 'shell.section.list',
  'Go to': 'shell.section.goTo',
  'This page': 'shell.section.page',
} as const satisfies Record<CommandSection, string>;

export function sectionTitle(section: CommandSection): string {
  return t(sectionWords[section]);
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
  // Letters carry their Shift themselves: `G`, `?`.
  const shifted = event.shiftKey && key.length > 1 ? `shift+${key}` : key;
  return event.ctrlKey || event.metaKey ? `mod+${shifted}` : shifted;
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
  shift: '⇧',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};
