import { createHash } from 'node:crypto';
import type { Clock, Job, StateStore } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { PciIdsText } from './pci-ids-text.js';
import { PciNames } from './pci-names.js';

const week = 7 * 86_400_000;

/** What is said of the last import, for processes that are to read it: its text is a file. A type: it is a JSON value. */
export type ImportedPciIds = {
  sha256: string;
  vendors: number;
  devices: number;
  /** ISO 8601. */
  at: string;
};
export const importedKey = ['rules', 'pci-ids'] as const;

export type PciIdsReceipt = Pick<ImportedPciIds, 'vendors' | 'devices'> & { source: string; isNew: boolean };

/** Takes up new names of graphics adapters: each processor reads them again, without a restart. */
export function importPciIdsJob({
  ids,
  state,
  clock,
}: {
  ids: PciIdsText;
  /** Asked for when needed: the store may start later. */
  state(): StateStore;
  clock: Pick<Clock, 'now'>;
}): Job {
  return {
    id: 'rules/import-pci-ids',
    title: 'Import names of graphics adapters',
    schedule: { every: week },
    async run({ signal }): Promise<PciIdsReceipt> {
      const { source } = ids;
      const text = ids.isDownloaded ? await ids.download(signal) : await ids.read();
      const { vendors, devices } = new PciNames(text);
      // An error page, or a file that was cut: the names known so far are better.
      if (vendors === 0 || devices === 0) throw noList(source);
      const sha256 = createHash('sha256').update(text).digest('hex');
      const isNew = (await state().get<ImportedPciIds>(importedKey))?.value.sha256 !== sha256;
      if (ids.isDownloaded) await ids.keep(text);
      const imported: ImportedPciIds = { sha256, vendors, devices, at: new Date(clock.now()).toISOString() };
      await state().set(importedKey, imported);
      return { source, vendors, devices, isNew };
    },
  };
}

function noList(source: string): FaultlineError {
  return new FaultlineError('Malformed', 'PCI_IDS_INVALID', `${source} is no list of PCI ids.`, {
    hint: 'It has vendors at the start of a line ("10de  NVIDIA Corporation") and their devices below, after a tab.',
  });
}
