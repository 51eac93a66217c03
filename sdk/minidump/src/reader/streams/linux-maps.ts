import type { AbsoluteAddress } from '@faultline/sdk/units';
import { defineStream } from '../stream-definition.js';
import { textLines } from './linux-text.js';

/** One line of /proc/<pid>/maps (proc(5)). */
export interface LinuxMapping {
  start: AbsoluteAddress;
  /** First address behind the mapping. */
  end: AbsoluteAddress;
  isReadable: boolean;
  isWritable: boolean;
  isExecutable: boolean;
  isShared: boolean;
  offset: bigint;
  inode: number;
  /** Path, "[stack]", "[heap]", …; "" for anonymous memory. May end in " (deleted)". */
  name: string;
}

const line = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-])([w-])([x-])([ps-]) ([0-9a-f]{1,16}) \S+ (\d{1,20})\s*(.*)$/;

/** A line that doesn't parse is counted as a problem and left out. */
export const linuxMaps = defineStream<LinuxMapping[]>(0x47670009, (stream, context) => {
  const mappings: LinuxMapping[] = [];
  let bad = 0;
  for (const text of textLines(stream, context, context.limits.memoryInfoEntries)) {
    if (text.trim() === '') continue;
    const [, start = '', end = '', read, write, execute, share, offset = '', inode = '', name = ''] =
      line.exec(text) ?? [];
    if (start === '') {
      bad += 1;
      continue;
    }
    mappings.push({
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      isReadable: read === 'r',
      isWritable: write === 'w',
      isExecutable: execute === 'x',
      isShared: share === 's',
      offset: BigInt(`0x${offset}`),
      inode: Number(inode),
      name,
    });
  }
  if (bad > 0) {
    context.problems.add({ stream: context.name, code: 'BAD_LINES', message: `${bad} lines are no mappings` });
  }
  return mappings;
});
