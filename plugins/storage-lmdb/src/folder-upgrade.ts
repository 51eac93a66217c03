import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@faultline/sdk';
import { writeFormat } from './data-folder.js';
import type { DataLayout } from './data-layout.js';
import type { Environment } from './environment.js';
import type { FolderSync } from './folder-sync.js';
import { upgrades } from './format-upgrades.js';
import type { StateTables } from './state-tables.js';

/**
 * Brings an older folder to this program's format, one step after the other. The state is copied first, to
 * `state.format-<old>.mdb`, which stays; the format is named last, so that an upgrade that was cut off begins again.
 */
export async function upgradeFolder(folder: {
  layout: DataLayout;
  folders: FolderSync;
  state: Environment<StateTables>;
  logger: Logger;
  /** Of what is there. */
  format: number;
  version: string;
}): Promise<void> {
  const { layout, folders, state, logger, format, version } = folder;
  const copy = path.join(layout.root, `state.format-${format}.mdb`);
  if (!existsSync(copy)) {
    await rm(`${copy}.new`, { force: true });
    await state.copyTo(`${copy}.new`);
    await rename(`${copy}.new`, copy);
    await folders.sync(layout.root);
  }
  for (const upgrade of upgrades.filter(({ to }) => to > format)) {
    await upgrade.convert?.({ layout, state });
    logger.info({ to: upgrade.to, what: upgrade.title }, 'The data folder was upgraded');
  }
  await writeFormat(layout, folders, version);
}
