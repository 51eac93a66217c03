import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** pci.ids has some 1.5 MB. */
const pciIdsLimit = 16 * 1024 * 1024;

/** The rules' worker opens no files, so the file is read here, when the configuration is. */
const pciIdsFile = z
  .string()
  .min(1)
  .transform((file, context) => {
    try {
      return readPciIds(file);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });

export const RulesConfig = z.strictObject({
  pciIds: pciIdsFile
    .optional()
    .describe(
      'A file in the format of pci.ids, which gives graphics adapters their names (Linux systems have one as ' +
        '`/usr/share/misc/pci.ids`). Read at the start; without it adapters have their ids only.',
    ),
});
export type RulesConfig = z.output<typeof RulesConfig>;

function readPciIds(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > pciIdsLimit) throw new Error(`${file} has ${size} bytes; at most ${pciIdsLimit} are read`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}
