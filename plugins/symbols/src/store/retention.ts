import type { UnixMillis } from '@faultline/sdk';
import type { IsPinned } from '../cache/symbol-pins.js';
import type { SymbolRecord, SymbolRecords } from './symbol-records.js';
import type { SymbolStore } from './symbol-store.js';

export interface RetentionRules {
  /** Days without use; 0 keeps them all. */
  unusedDays: number;
  /** Bytes on disk; 0: no quota. */
  maxSize: number;
  isPinned(): Promise<IsPinned>;
}

/** A file that came so lately is kept, whatever the quota says: its crashes may still be on their way. */
const graceMilliseconds = 24 * 60 * 60_000;

/** What must go: unused for too long, then, used longest ago first, until the rest is within the quota. */
export async function leastUsed(
  records: Pick<SymbolRecords, 'files'>,
  store: Pick<SymbolStore, 'lastUsed'>,
  { unusedDays, maxSize, isPinned }: RetentionRules,
  now: UnixMillis,
): Promise<SymbolRecord[]> {
  if (unusedDays === 0 && maxSize === 0) return [];
  const pinned = await isPinned();
  const going: SymbolRecord[] = [];
  const staying: { record: SymbolRecord; usedAt: UnixMillis }[] = [];
  let bytes = 0;
  for await (const record of records.files(false)) {
    const usedAt = await store.lastUsed(record);
    const mayGo =
      now - record.uploadedAt > graceMilliseconds &&
      !pinned({ debugFile: record.key.debugFile, debugId: record.key.id });
    if (unusedDays > 0 && mayGo && now - usedAt > unusedDays * 86_400_000) {
      going.push(record);
      continue;
    }
    bytes += record.storedSize;
    if (mayGo) staying.push({ record, usedAt });
  }
  if (maxSize === 0) return going;
  staying.sort((one, other) => one.usedAt - other.usedAt);
  for (const { record } of staying) {
    if (bytes <= maxSize) break;
    going.push(record);
    bytes -= record.storedSize;
  }
  return going;
}
