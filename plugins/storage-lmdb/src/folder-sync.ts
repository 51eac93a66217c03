import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';

/** Makes names durable: a new, renamed or removed file is only safe when its folder is synced. */
export class FolderSync {
  private readonly running = new Map<string, { current: Promise<void>; next: Promise<void> | null }>();
  private readonly made = new Set<string>();

  /** All who ask while a sync runs share the next one. */
  sync(folder: string): Promise<void> {
    const entry = this.running.get(folder);
    if (entry !== undefined) {
      entry.next ??= entry.current.then(
        () => this.start(folder),
        () => this.start(folder),
      );
      return entry.next;
    }
    return this.start(folder);
  }

  /** Makes a folder and those above it up to `root`, each name synced. */
  async make(folder: string, root: string): Promise<void> {
    if (this.made.has(folder)) return;
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) {
      for (let parent = path.dirname(folder); parent.length >= root.length; parent = path.dirname(parent)) {
        await this.sync(parent);
        if (parent === path.dirname(parent)) break;
      }
    }
    this.made.add(folder);
  }

  private start(folder: string): Promise<void> {
    const current = syncFolder(folder).finally(() => {
      if (this.running.get(folder)?.current === current) this.running.delete(folder);
    });
    this.running.set(folder, { current, next: null });
    return current;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
