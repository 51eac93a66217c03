import { z } from 'zod';

/** GET /api/v1/audit (manage): newest first. `action=user` finds every `user.…`. */
export const AuditParameters = z.strictObject({
  /** Only entries before this sequence number: the next page. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  actor: z.string().max(200).optional(),
  action: z.string().max(200).optional(),
  target: z.string().max(500).optional(),
});

export const AuditList = z.object({
  entries: z.array(
    z.object({
      sequence: z.number(),
      at: z.string(),
      actor: z.string(),
      actorName: z.string(),
      action: z.string(),
      target: z.string(),
      details: z.unknown(),
    }),
  ),
  /** For `before` of the next page; null at the end. */
  next: z.number().nullable(),
});
export type AuditList = z.output<typeof AuditList>;
