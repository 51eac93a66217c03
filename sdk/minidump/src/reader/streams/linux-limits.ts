import { defineStream } from '../stream-definition.js';
import { textLines } from './linux-text.js';

/** One limit of /proc/<pid>/limits. */
export interface ProcessLimit {
  /** "Max open files". */
  name: string;
  soft: number | 'unlimited' | 'err';
  hard: number | 'unlimited' | 'err';
  /** "bytes", "files", …; "n/a" when the kernel names none. */
  unit: string;
}

/** Stream of Mozilla's writer, in file order. Columns are set apart by two blanks or more; the first line is a head. */
export const linuxProcLimits = defineStream<ProcessLimit[]>(0x4d7a0003, (stream, context) => {
  const limits: ProcessLimit[] = [];
  for (const text of textLines(stream, context).slice(1)) {
    const [name, soft, hard, unit] = text.trim().split(/\s{2,}/);
    if (name === undefined || soft === undefined || hard === undefined) continue;
    limits.push({ name, soft: limitValue(soft), hard: limitValue(hard), unit: unit ?? 'n/a' });
  }
  return limits;
});

function limitValue(text: string): ProcessLimit['soft'] {
  if (text === 'unlimited') return text;
  return /^\d{1,20}$/.test(text) ? Number(text) : 'err';
}
