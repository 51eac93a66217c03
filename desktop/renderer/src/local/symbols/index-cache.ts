/**
 * Symbol indexes in the browser's own storage, the least recently used thrown out first. IndexedDB rather than the
 * private file system: plain http has the one and not the other, and a Blob in it is read by range just as well.
 */
const databaseName = 'faultline-symbol-indexes';

export interface IndexFacts {
  stamp: string;
  name: string;
  size: number;
  usedAt: number;
}

export class IndexCache {
  private constructor(
    private readonly database: IDBDatabase,
    private readonly now: () => number,
  ) {}

  /** Null where the browser gives no storage (a private window, a policy). */
  static async open(now: () => number = Date.now): Promise<IndexCache | null> {
    try {
      const request = indexedDB.open(databaseName, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('facts', { keyPath: 'stamp' });
        request.result.createObjectStore('indexes');
      };
      return new IndexCache(await answerOf(request), now);
    } catch {
      // Without storage every index is built anew, which costs time and nothing else.
      return null;
    }
  }

  async get(stamp: string): Promise<Blob | null> {
    const change = this.database.transaction(['facts', 'indexes'], 'readwrite');
    const facts = (await answerOf(change.objectStore('facts').get(stamp))) as IndexFacts | undefined;
    if (facts === undefined) return null;
    change.objectStore('facts').put({ ...facts, usedAt: this.now() });
    const blob = (await answerOf(change.objectStore('indexes').get(stamp))) as Blob | undefined;
    return blob ?? null;
  }

  /**
   * Keeps an index and throws out others until all together fit into the quota.
   * @returns false when it is larger than the quota, or the browser's storage stays full
   */
  async put(index: { stamp: string; name: string; blob: Blob }, quota: number): Promise<boolean> {
    if (index.blob.size > quota) return false;
    await this.makeRoom(quota - index.blob.size);
    if (await this.tryPut(index)) return true;
    // The browser gives less than our quota: half of what is there goes, then once more.
    const used = (await this.list()).reduce((sum, { size }) => sum + size, 0);
    await this.makeRoom(used / 2);
    return this.tryPut(index);
  }

  async remove(stamp: string): Promise<void> {
    const change = this.database.transaction(['facts', 'indexes'], 'readwrite');
    change.objectStore('facts').delete(stamp);
    change.objectStore('indexes').delete(stamp);
    await done(change);
  }

  async list(): Promise<IndexFacts[]> {
    const store = this.database.transaction('facts').objectStore('facts');
    return (await answerOf(store.getAll())) as IndexFacts[];
  }

  async clear(): Promise<void> {
    const change = this.database.transaction(['facts', 'indexes'], 'readwrite');
    change.objectStore('facts').clear();
    change.objectStore('indexes').clear();
    await done(change);
  }

  private async tryPut({ stamp, name, blob }: { stamp: string; name: string; blob: Blob }): Promise<boolean> {
    try {
      const change = this.database.transaction(['facts', 'indexes'], 'readwrite');
      change.objectStore('facts').put({ stamp, name, size: blob.size, usedAt: this.now() } satisfies IndexFacts);
      change.objectStore('indexes').put(blob, stamp);
      await done(change);
      return true;
    } catch {
      // QuotaExceededError, or a disk that is full: the caller makes room or goes on without.
      return false;
    }
  }

  private async makeRoom(room: number): Promise<void> {
    const oldest = (await this.list()).sort((one, other) => one.usedAt - other.usedAt);
    let used = oldest.reduce((sum, { size }) => sum + size, 0);
    for (const { stamp, size } of oldest) {
      if (used <= room) return;
      await this.remove(stamp);
      used -= size;
    }
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the storage failed'));
  });
}

function done(change: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onerror = () => reject(change.error ?? new Error('the storage failed'));
    change.onabort = () => reject(change.error ?? new Error('the storage gave up'));
  });
}
