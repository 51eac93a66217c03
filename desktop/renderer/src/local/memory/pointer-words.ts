import { t } from '../../i18n/i18n.js';
import type { PointerMeaning } from './pointer-meaning.js';

const kinds = {
  null: 'local.pointer.null',
  small: 'local.pointer.small',
  poison: 'local.pointer.poison',
  module: 'local.pointer.module',
  stack: 'local.pointer.stack',
  heap: 'local.pointer.heap',
  'generated-code': 'local.pointer.generatedCode',
  mapped: 'local.pointer.mapped',
  inaccessible: 'local.pointer.inaccessible',
  kernel: 'local.pointer.kernel',
  'non-canonical': 'local.pointer.nonCanonical',
  unmapped: 'local.pointer.unmapped',
  unknown: 'local.pointer.unknown',
} as const satisfies Record<PointerMeaning['kind'], string>;

/** What kind of place an address is. */
export function kindWords({ kind, threadIndex }: PointerMeaning): string {
  return kind === 'stack' ? t(kinds.stack, { thread: threadIndex ?? 0 }) : t(kinds[kind]);
}

/** Module, offset and function, or the name of what is mapped there; "" when it has none. */
export function placeWords({ name, offset, symbol }: PointerMeaning): string {
  return [offset === '' ? name : `${name} + ${offset}`, symbol].filter((part) => part !== '').join(' · ');
}

/** Whether there may be something to see at the address. */
export function isPlace({ kind }: PointerMeaning): boolean {
  return ['module', 'stack', 'heap', 'mapped', 'generated-code', 'unknown'].includes(kind);
}
