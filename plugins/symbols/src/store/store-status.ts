import type { Clock } from '@faultline/sdk';
import type { SymbolStoreStatus } from '@faultline/sdk/api';
import { leastUsed, type RetentionRules } from './retention.js';
import type { SymbolRecords } from './symbol-records.js';
import type { SymbolStore } from './symbol-store.js';

export interface StoreFacts {
  records: Pick<SymbolRecords, 'files'>;
  store: Pick<SymbolStore, 'lastUsed'>;
  retention: RetentionRules;
  tryDays: number;
  clock: Pick<Clock, 'now'>;
}

/** How much is kept, by which rules, and what the next cleaning takes. */
export async function storeStatus({
  records,
  store,
  retention,
  tryDays,
  clock,
}: StoreFacts): Promise<SymbolStoreStatus> {
  const sumOf = async (isTry: boolean) => {
    const sum = { files: 0, bytes: 0 };
    for await (const { storedSize } of records.files(isTry)) {
      sum.files++;
      sum.bytes += storedSize;
    }
    return sum;
  };
  const going = await leastUsed(records, store, retention, clock.now());
  const { unusedDays, maxSize } = retention;
  return {
    kept: await sumOf(false),
    ofTryBuilds: await sumOf(true),
    retention: { unusedDays, maxSize, tryDays },
    going: { files: going.length, bytes: going.reduce((sum, { storedSize }) => sum + storedSize, 0) },
  };
}
