import { ref, watch, type Ref } from 'vue';
import { t } from '../i18n/i18n.js';
import { useCommands } from '../shell/commands.js';

export interface ListCursor {
  /** Row under the cursor, -1 for none. */
  at: Ref<number>;
  move(to: number): void;
}

/** A cursor over a list, moved by j/k and the arrows, opened by Enter. */
export function useListCursor(options: {
  count: () => number;
  open: (at: number) => void;
  /** Brings the row into view and gives it the focus. */
  show: (at: number) => void;
}): ListCursor {
  const at = ref(-1);

  function move(to: number): void {
    const count = options.count();
    if (count === 0) return;
    at.value = Math.max(0, Math.min(count - 1, to));
    options.show(at.value);
  }

  watch(options.count, (count) => {
    if (at.value >= count) at.value = count - 1;
  });
  useCommands([
    {
      id: 'list.next',
      title: () => t('common.row.next'),
      section: 'This list',
      keys: ['j', 'ArrowDown'],
      isKeyOnly: true,
      run: () => move(at.value + 1),
    },
    {
      id: 'list.previous',
      title: () => t('common.row.previous'),
      section: 'This list',
      keys: ['k', 'ArrowUp'],
      isKeyOnly: true,
      run: () => move(at.value < 0 ? 0 : at.value - 1),
    },
    {
      id: 'list.first',
      title: () => t('common.row.first'),
      section: 'This list',
      keys: ['Home'],
      isKeyOnly: true,
      run: () => move(0),
    },
    {
      id: 'list.last',
      title: () => t('common.row.last'),
      section: 'This list',
      keys: ['End', 'G'],
      isKeyOnly: true,
      run: () => move(options.count() - 1),
    },
    {
      id: 'list.open',
      title: () => t('common.row.open'),
      section: 'This list',
      keys: ['Enter', 'o'],
      isKeyOnly: true,
      run: () => {
        if (at.value >= 0) options.open(at.value);
      },
    },
  ]);
  return { at, move };
}
