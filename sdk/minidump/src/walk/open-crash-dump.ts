import type { RandomAccessSource } from '@faultline/sdk/random-access-source';
import { findMicrodumps } from '../microdump/microdump-text.js';
import { microdumpCrashDump } from '../microdump/microdump-crash-dump.js';
import { looksLikeMinidump } from '../reader/directory.js';
import type { MinidumpLimits } from '../reader/limits.js';
import { Minidump } from '../reader/minidump.js';
import type { CrashDump } from './crash-dump.js';
import { minidumpCrashDump } from './minidump-crash-dump.js';

/** Logs are text: a microdump has some hundred kilobytes of it. */
const largestLog = 16 << 20;

/** Opens a minidump, or the microdump in a log; what is neither fails as a minidump does. */
export async function openCrashDump(options: {
  source: RandomAccessSource;
  limits?: { dump?: Partial<MinidumpLimits> };
  microdumpIndex?: number;
  signal?: AbortSignal;
}): Promise<CrashDump> {
  const { source, signal } = options;
  const head = await source.read(0, Math.min(4, source.size), signal);
  if (!looksLikeMinidump(head) && source.size <= largestLog) {
    const text = new TextDecoder().decode(await source.read(0, source.size, signal));
    const microdump = findMicrodumps(text)[options.microdumpIndex ?? 0];
    if (microdump !== undefined) return microdumpCrashDump(microdump);
  }
  const dump = await Minidump.open(source, { limits: options.limits?.dump ?? {}, ...(signal && { signal }) });
  return minidumpCrashDump(dump);
}
