import { z } from 'zod';

export const accountFindingKinds = [
  'user-unused',
  'user-over-privileged',
  'token-unused',
  'token-never-expires',
  'token-over-privileged',
] as const;

/** GET /api/v1/account-audit (manage): accounts and tokens that want a look. */
export const AccountAudit = z.object({
  /** Days without use after which something counts as unused. */
  days: z.number(),
  findings: z.array(
    z.object({
      kind: z.enum(accountFindingKinds),
      /** A login, or the id of a token. */
      id: z.string(),
      name: z.string(),
      /** Login of whose token it is; null for an account, and for a token of the server's own. */
      owner: z.string().nullable(),
      /** When it was used last; null for never, or not since uses are noted. */
      usedAt: z.string().nullable(),
    }),
  ),
});
export type AccountAudit = z.output<typeof AccountAudit>;
export type AccountFinding = AccountAudit['findings'][number];
