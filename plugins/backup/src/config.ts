import { z } from 'zod';

/** Section `backup:` of the configuration: backups by the clock. Those by command need none of it. */
export const BackupConfig = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .optional()
      .describe('Gets a backup each time, a folder of its own; absent: none are made by the clock.'),
    schedule: z.string().default('47 1 * * *').describe('When one is made, as a cron expression in UTC.'),
    keep: z.int().min(1).max(1000).default(7).describe('Backups that stay; the oldest beyond go.'),
    passphrase: z
      .string()
      .min(8)
      .optional()
      .describe('Seals what is secret (accounts, tokens, the configuration).')
      .meta({ secret: true }),
    passphraseFile: z
      .string()
      .min(1)
      .optional()
      .describe('File whose first line is the passphrase. A relative path starts at the data folder.'),
    withoutSecrets: z.boolean().default(false).describe('Leave out what is secret, in place of sealing it.'),
  })
  .refine(
    ({ folder, passphrase, passphraseFile, withoutSecrets }) =>
      folder === undefined || [passphrase, passphraseFile, withoutSecrets || undefined].filter(Boolean).length === 1,
    'with a folder, say what becomes of secrets: exactly one of passphraseFile, passphrase and withoutSecrets',
  )
  .prefault({});
export type BackupConfig = z.output<typeof BackupConfig>;
