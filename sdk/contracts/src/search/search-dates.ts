/** Dates as people type them: `2026-11-20`, `2026-11-20T10:30`, `now`, `today`, `-7d`. All in UTC. */
import type { UnixMillis } from '../units.js';

/** A span of time that a text names: a day for `2026-11-20`, an instant for `-7d`. `end` is exclusive. */
export interface DateSpan {
  start: UnixMillis;
  end: UnixMillis;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const units: Readonly<Record<string, number>> = { s: second, m: minute, h: hour, d: day, w: 7 * day };

/** Null when the text names no date. */
export function parseSearchDate(text: string, now: UnixMillis): DateSpan | null {
  const word = text.trim();
  if (word === 'now') return instant(now);
  if (word === 'today') return daySpan(now);
  if (word === 'yesterday') return daySpan(now - day);
  const relative = /^(?:now)?([+-])(\d{1,6})(s|m|h|d|w|mo|y)$/.exec(word);
  if (relative !== null) return shifted(now, relative[1] === '-' ? -1 : 1, Number(relative[2]), relative[3] ?? '');
  return absolute(word);
}

function shifted(now: number, sign: number, amount: number, unit: string): DateSpan | null {
  const width = units[unit];
  if (width !== undefined) return instant(now + sign * amount * width);
  const date = new Date(now);
  const months = sign * amount * (unit === 'y' ? 12 : 1);
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(dayOfMonth, lastDay));
  return instant(date.getTime());
}

const shape =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

function absolute(text: string): DateSpan | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [, year = '', month, date, hours, minutes, seconds, fraction, zone = 'Z'] = match;
  const clock = `${hours ?? '00'}:${minutes ?? '00'}:${seconds ?? '00'}.${(fraction ?? '').slice(0, 3).padEnd(3, '0')}`;
  const start = Date.parse(`${year}-${month ?? '01'}-${date ?? '01'}T${clock}${zone}`);
  if (Number.isNaN(start)) return null;
  // 2026-02-30 is no day, though some parsers take it for the 2nd of March.
  if (date !== undefined && new Date(`${year}-${month}-${date}T00:00Z`).getUTCDate() !== Number(date)) return null;
  if (fraction !== undefined) return instant(start);
  if (seconds !== undefined) return { start, end: start + second };
  if (minutes !== undefined) return { start, end: start + minute };
  if (date !== undefined) return { start, end: start + day };
  const end = month === undefined ? Date.UTC(Number(year) + 1, 0) : Date.UTC(Number(year), Number(month));
  return { start, end };
}

function instant(at: number): DateSpan | null {
  return Math.abs(at) <= 8.64e15 ? { start: at, end: at + 1 } : null;
}

function daySpan(at: number): DateSpan {
  const start = Math.floor(at / day) * day;
  return { start, end: start + day };
}
