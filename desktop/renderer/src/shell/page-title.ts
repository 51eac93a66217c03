import { onScopeDispose, shallowRef, watchEffect } from 'vue';
import type { RouteMeta, Router } from 'vue-router';
import { t } from '../i18n/i18n.js';
import { visibleText } from '../reading/visible-text.js';

/** What the screen in front says of itself; "" leaves it to its route. */
const own = shallowRef<() => string>(() => '');
/** Windows and histories cut longer ones anyway. */
const mostLetters = 200;

/** The name of a place; "" before the first one is known. */
export function placeName(meta: Partial<RouteMeta>): string {
  return meta.title === undefined ? '' : t(meta.title);
}

/** The window's title: what the screen shows, else the name of its place, in the language of the page. */
export function titlePages(router: Router): void {
  watchEffect(() => {
    const title = own.value() || placeName(router.currentRoute.value.meta);
    document.title = `${visibleText(title.slice(0, mostLetters))} · Faultline`;
  });
}

/** Names the thing on the screen in the window's title, as long as the screen stands. */
export function usePageTitle(title: () => string): void {
  own.value = title;
  onScopeDispose(() => {
    if (own.value === title) own.value = () => '';
  });
}
