import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { t } from '../i18n/i18n.js';
import { useCommands } from '../shell/commands.js';
import type { ListCursor } from './use-list-cursor.js';

export interface RowSelection {
  keys: ShallowRef<ReadonlySet<string>>;
  size: ComputedRef<number>;
  toggle(at: number): void;
  /** From where the last one was chosen to here, all of them. */
  extendTo(at: number): void;
  choose(keys: Iterable<string>): void;
  clear(): void;
}

/** Rows that are meant together, by their keys: they stay chosen when the list is loaded anew or sorted. */
export function useSelection(options: { keys: () => readonly string[]; cursor: ListCursor }): RowSelection {
  const { cursor } = options;
  const chosen = shallowRef<ReadonlySet<string>>(new Set());
  let anchor = -1;

  // A row that is gone can't be meant any more.
  watch(options.keys, (keys) => {
    const present = new Set(keys);
    const kept = [...chosen.value].filter((key) => present.has(key));
    if (kept.length < chosen.value.size) chosen.value = new Set(kept);
  });

  function toggle(at: number): void {
    const key = options.keys()[at];
    if (key === undefined) return;
    const next = new Set(chosen.value);
    if (!next.delete(key)) next.add(key);
    chosen.value = next;
    anchor = at;
  }

  function extendTo(at: number): void {
    const from = anchor < 0 ? Math.max(0, cursor.at.value) : anchor;
    anchor = from;
    const keys = options.keys().slice(Math.min(from, at), Math.max(from, at) + 1);
    chosen.value = new Set([...chosen.value, ...keys]);
  }

  function extendBy(by: number): void {
    const last = options.keys().length - 1;
    const from = Math.max(0, cursor.at.value);
    extendTo(from);
    const to = Math.max(0, Math.min(last, from + by));
    extendTo(to);
    cursor.move(to);
  }

  function clear(): void {
    chosen.value = new Set();
    anchor = -1;
  }

  useCommands([
    {
      id: 'list.select',
      title: () => t('common.select.toggle'),
      section: 'This list',
      keys: ['x'],
      isKeyOnly: true,
      run: () => {
        if (cursor.at.value < 0) cursor.move(0);
        toggle(cursor.at.value);
      },
    },
    {
      id: 'list.select-down',
      title: () => t('common.select.down'),
      section: 'This list',
      keys: ['J', 'shift+ArrowDown'],
      isKeyOnly: true,
      run: () => extendBy(1),
    },
    {
      id: 'list.select-up',
      title: () => t('common.select.up'),
      section: 'This list',
      keys: ['K', 'shift+ArrowUp'],
      isKeyOnly: true,
      run: () => extendBy(-1),
    },
    {
      id: 'list.select-range',
      title: () => t('common.select.range'),
      section: 'This list',
      keys: ['X'],
      isKeyOnly: true,
      run: () => extendTo(Math.max(0, cursor.at.value)),
    },
    {
      id: 'list.select-all',
      title: () => t('common.select.all'),
      section: 'This list',
      keys: ['*'],
      run: () => (chosen.value = new Set(options.keys())),
    },
    {
      id: 'list.select-none',
      title: () => t('common.select.none'),
      section: 'This list',
      keys: ['Escape'],
      run: clear,
    },
  ]);
  return {
    keys: chosen,
    size: computed(() => chosen.value.size),
    toggle,
    extendTo,
    choose: (keys) => (chosen.value = new Set(keys)),
    clear,
  };
}
