import { z } from 'zod';

export const RulesConfig = z.strictObject({
  pciIds: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A list in the format of pci.ids, which gives graphics adapters their names: a file (Linux systems have one as ' +
        '`/usr/share/misc/pci.ids`), or an http or https address. The job `rules/import-pci-ids` reads it each week; ' +
        'without it adapters have their ids only.',
    ),
});
export type RulesConfig = z.output<typeof RulesConfig>;
