import type { Settings } from './settings-file.js';

export type WindowPlace = NonNullable<Settings['window']>;

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const usual = { width: 1360, height: 880 };
const smallest = { width: 760, height: 480 };

/** Where the window stood, if a screen is still there; else the middle of the first one. */
export function restoredBounds(
  saved: WindowPlace | undefined,
  screens: readonly Area[],
): Partial<Area> & { width: number; height: number } {
  if (saved === undefined) return usual;
  const width = Math.max(smallest.width, saved.width);
  const height = Math.max(smallest.height, saved.height);
  const { x, y } = saved;
  if (x === undefined || y === undefined) return { width, height };
  const isSeen = screens.some(
    (screen) =>
      x + 100 > screen.x && x < screen.x + screen.width - 100 && y >= screen.y && y < screen.y + screen.height - 60,
  );
  return isSeen ? { x, y, width, height } : { width, height };
}

/** The place of the page in an address of it; "/" for anything else. */
export function placeOf(address: string): string {
  const prefix = 'app://faultline';
  if (!address.startsWith(`${prefix}/`)) return '/';
  const place = address.slice(prefix.length);
  // A sign-in code is used once, and dumps of the last time are not open any more.
  return place.startsWith('/sign-in') ? '/' : place.replace(/^\/local\?.*/, '/local');
}
