import { localeTag, t } from '../i18n/i18n.js';

/** Times for people: relative in the text, absolute on hover, in the user's zone with UTC beside. */
const steps = [
  { below: 3600, size: 60, text: 'reading.minutesAgo' },
  { below: 86_400, size: 3600, text: 'reading.hoursAgo' },
  { below: 86_400 * 30, size: 86_400, text: 'reading.daysAgo' },
] as const;

/** "just now", "5 min ago", "3 h ago", "12 d ago", then the date. "" for what is not a time. */
export function relativeTime(iso: string, now: number): string {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return '';
  const seconds = (now - time) / 1000;
  if (seconds < -45) return absoluteTime(iso);
  if (seconds < 45) return t('reading.justNow');
  for (const { below, size, text } of steps) {
    if (seconds < below) return t(text, { n: Math.max(1, Math.round(seconds / size)) });
  }
  return new Date(time).toLocaleDateString(localeTag(), { year: 'numeric', month: 'short', day: 'numeric' });
}

/** "22 Nov 2026, 14:03:09 (UTC 13:03:09)". The text itself when it is not a time. */
export function absoluteTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const local = date.toLocaleString(localeTag(), { dateStyle: 'medium', timeStyle: 'medium' });
  const utcDay = date.toISOString().slice(0, 10);
  const localDay = `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
  const utc = date.toISOString().slice(11, 19);
  return `${local} (UTC ${utcDay === localDay ? '' : `${utcDay} `}${utc})`;
}

/** "1.2 s", "340 ms", "2 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return '<1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** Uptime in words: "8 s", "12 min", "3 h 20 min", "2 d 4 h". */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}
