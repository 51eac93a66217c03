import { z } from 'zod';

/** Who answers for what: later rules win over earlier ones, as in a CODEOWNERS file. */
export const OwnershipRule = z.strictObject({
  /** What the pattern is compared with; of modules and paths, those of the frames on top of the stack. */
  on: z.enum(['signature', 'module', 'path']),
  /**
   * `*` stands for anything (in paths: but `/`), `**` for anything at all, `?` for one character. A path's pattern
   * that begins with `/` is anchored at the root, one that ends in `/` means everything below.
   */
  pattern: z.string().trim().min(1).max(500),
  /** People and teams; empty takes the owners of earlier rules away. */
  owners: z.array(z.string().trim().min(1).max(200)).max(20),
});
export type OwnershipRule = z.output<typeof OwnershipRule>;

export const OwnershipRules = z.object({
  /** 0 while there are none. */
  version: z.number(),
  rules: z.array(OwnershipRule),
  changedAt: z.string(),
  changedBy: z.string(),
});
export type OwnershipRules = z.output<typeof OwnershipRules>;

/** PUT /api/v1/ownership */
export const OwnershipUpdate = z.strictObject({
  /** As last seen; another one is a conflict. */
  version: z.number().int().min(0),
  rules: z.array(OwnershipRule).max(5_000),
});
export type OwnershipUpdate = z.input<typeof OwnershipUpdate>;

/** POST /api/v1/ownership/import: reads a CODEOWNERS file and writes nothing. */
export const CodeownersText = z.strictObject({ text: z.string().max(3_000_000) });
export const CodeownersRules = z.object({
  rules: z.array(OwnershipRule),
  /** Lines that can't be used. */
  problems: z.array(z.object({ line: z.number(), message: z.string() })),
});
export type CodeownersRules = z.output<typeof CodeownersRules>;

/** POST /api/v1/ownership/match: who answers for this. */
export const OwnershipQuestion = z.strictObject({
  signature: z.string().max(2_000).default(''),
  modules: z.array(z.string().max(1_000)).max(50).default([]),
  paths: z.array(z.string().max(2_000)).max(50).default([]),
});
export const OwnershipMatch = z.object({
  owners: z.array(z.string()),
  /** Index of the rule that decided; null when none matches. */
  rule: z.number().nullable(),
});
export type OwnershipMatch = z.output<typeof OwnershipMatch>;
