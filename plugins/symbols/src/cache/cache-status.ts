import type { SymbolCacheStatus } from '@faultline/sdk/api';
import type { Upstream } from '../upstream/upstream.js';
import { upstreamStatus } from '../upstream/upstream-health.js';
import { cacheEntries } from './cache-inventory.js';
import { readTally } from './cache-quota.js';
import { pinnedBy, readPins } from './symbol-pins.js';

export interface CacheFacts {
  folder: string;
  maxBytes: number;
  missLifetime: number;
  upstreams: readonly Upstream[];
  now: number;
}

/** Reads the folder as it is now. */
export async function cacheStatus(facts: CacheFacts): Promise<SymbolCacheStatus> {
  const { folder, maxBytes, missLifetime, now } = facts;
  const isPinned = pinnedBy(readPins(folder));
  const sums = { symbols: { files: 0, bytes: 0 }, indexes: { files: 0, bytes: 0 } };
  let misses = 0;
  let pinnedBytes = 0;
  let oldestUse = Infinity;
  for await (const entry of cacheEntries(folder)) {
    if (entry.kind === 'misses') {
      if (now - entry.usedAt <= missLifetime) misses++;
      continue;
    }
    if (entry.isTemporary) continue;
    sums[entry.kind].files++;
    sums[entry.kind].bytes += entry.bytes;
    if (isPinned(entry)) pinnedBytes += entry.bytes;
    oldestUse = Math.min(oldestUse, entry.usedAt);
  }
  const tally = readTally(folder);
  return {
    maxBytes,
    downloads: sums.symbols,
    indexes: sums.indexes,
    misses,
    pinnedBytes,
    oldestUse: Number.isFinite(oldestUse) ? iso(oldestUse) : null,
    evicted: {
      files: tally?.evictedFiles ?? 0,
      bytes: tally?.evictedBytes ?? 0,
      lastSweep: tally === null ? null : iso(tally.at),
    },
    upstreams: facts.upstreams.map((upstream) => statusOf(upstream, folder, now)),
  };
}

function statusOf({ url, layout, headers }: Upstream, folder: string, now: number) {
  const known = upstreamStatus(folder, url, now);
  const at = (time: number | undefined) => (time === undefined || time === 0 ? null : iso(time));
  return {
    url,
    layout,
    hasCredentials: Object.keys(headers).length > 0,
    phase: known?.phase ?? ('idle' as const),
    openUntil: at(known?.openUntil),
    answeredAt: at(known?.answeredAt),
    failedAt: at(known?.failedAt),
    problem: known?.problem ?? '',
    found: known?.found ?? 0,
    missed: known?.missed ?? 0,
    failed: known?.failed ?? 0,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
