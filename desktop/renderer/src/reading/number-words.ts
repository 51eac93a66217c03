import { localeTag } from '../i18n/i18n.js';

/** 12,345 with the separators of the user's language. */
export function count(value: number): string {
  return value.toLocaleString(localeTag());
}

/** Part of a whole, 0 to 1, as "0.4 %" or "37 %". */
export function percent(part: number): string {
  const value = part * 100;
  if (value > 0 && value < 0.1) return '<0.1 %';
  return `${value < 10 && value !== Math.round(value) ? value.toFixed(1) : Math.round(value)} %`;
}

/** "512 B", "46.1 KB", "2.0 GB"; K is 1,024. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

export interface Change {
  direction: 'up' | 'down' | 'same';
  /** "+38 %", "3.1×", "-100 %". */
  text: string;
}

/** Change against a count before; null when there is nothing to compare with. */
export function change(now: number, before: number | null): Change | null {
  if (before === null || (before === 0 && now === 0)) return null;
  if (before === 0) return { direction: 'up', text: `+${count(now)}` };
  const ratio = now / before;
  if (ratio >= 3) return { direction: 'up', text: `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}×` };
  const percents = Math.round((ratio - 1) * 100);
  if (percents === 0) return { direction: 'same', text: '0 %' };
  return { direction: now > before ? 'up' : 'down', text: `${percents > 0 ? '+' : '−'}${Math.abs(percents)} %` };
}
