/**
 * Dumps opened before, in this browser. With a handle (a drop or the file dialog of Chromium) one click opens the file
 * again, after the browser asked; without one only its name is known.
 */
export interface RecentDump {
  id: string;
  name: string;
  size: number;
  openedAt: number;
  /** The verdict then, in words; "" when the walk did not end. */
  verdict: string;
  handle: FileSystemFileHandle | null;
}

const databaseName = 'faultline-recent-dumps';
const most = 20;

export async function listRecent(): Promise<RecentDump[]> {
  const all = await withStore<RecentDump[]>('readonly', (store) => store.getAll() as IDBRequest<RecentDump[]>);
  return (all ?? []).sort((one, other) => other.openedAt - one.openedAt);
}

/** The same name and size is the same dump. The oldest beyond 20 go. */
export async function remember(dump: Omit<RecentDump, 'id'>): Promise<void> {
  await withStore('readwrite', (store) => store.put({ ...dump, id: `${dump.name}:${dump.size}` }));
  for (const { id } of (await listRecent()).slice(most)) await forget(id);
}

export async function forget(id: string): Promise<void> {
  await withStore('readwrite', (store) => store.delete(id));
}

/** The file behind a handle; null when the person did not allow it, or it is gone. */
export async function reopen({ handle }: RecentDump): Promise<File | null> {
  if (handle === null) return null;
  try {
    const asking = handle as FileSystemFileHandle & { requestPermission?: (mode: object) => Promise<string> };
    const answer = await (asking.requestPermission?.({ mode: 'read' }) ?? Promise.resolve('granted'));
    return answer === 'granted' ? await handle.getFile() : null;
  } catch {
    // The file was moved or deleted.
    return null;
  }
}

/** Null where the browser gives no storage: then nothing is remembered. */
function withStore<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  return new Promise((resolve) => {
    let opening: IDBOpenDBRequest;
    try {
      opening = indexedDB.open(databaseName, 1);
    } catch {
      resolve(null);
      return;
    }
    opening.onupgradeneeded = () => opening.result.createObjectStore('dumps', { keyPath: 'id' });
    opening.onerror = () => resolve(null);
    opening.onsuccess = () => {
      const database = opening.result;
      const request = use(database.transaction('dumps', mode).objectStore('dumps'));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.transaction?.addEventListener('complete', () => database.close());
    };
  });
}
