/** `backup.json`: what a backup holds, written last, so that a backup without it is not whole. */
import { z } from 'zod';

export const backupFormat = 1;

export const BackupManifest = z.object({
  format: z.number().int(),
  /** Program that made it. */
  version: z.string(),
  madeAt: z.iso.datetime(),
  /** `encrypted`: files with secrets are sealed with a passphrase; `left-out`: they are not there, or without them. */
  secrets: z.enum(['encrypted', 'left-out']),
  /** Of the passphrase's key; absent when nothing is encrypted. */
  salt: z.string().optional(),
  counts: z.object({ days: z.number(), crashes: z.number(), symbols: z.number() }),
  /** By path below `files`: size and SHA-256 of what stands there. */
  files: z.record(z.string(), z.object({ size: z.number(), sha256: z.string(), isSealed: z.boolean().default(false) })),
});
export type BackupManifest = z.output<typeof BackupManifest>;
