import { createHash } from 'node:crypto';
import type { RecentFile } from '../shared/ipc.js';
import type { SettingsFile } from './settings-file.js';

const most = 20;

/** Files opened before. The page sees names and ids; paths stay here. */
export class RecentFiles {
  constructor(
    private readonly settings: SettingsFile,
    private readonly now: () => number = Date.now,
  ) {}

  add(file: string, name: string): void {
    const id = createHash('sha256').update(file).digest('hex').slice(0, 16);
    const others = this.settings.values.recent.filter((one) => one.id !== id);
    this.settings.change({ recent: [{ id, name, path: file, openedAt: this.now() }, ...others].slice(0, most) });
  }

  list(): RecentFile[] {
    return this.settings.values.recent.map(({ id, name, openedAt }) => ({ id, name, openedAt }));
  }

  pathOf(id: string): string | null {
    return this.settings.values.recent.find((one) => one.id === id)?.path ?? null;
  }
}
