import { z } from 'zod';

const verdict = z.enum(['accept', 'defer', 'reject', 'fakeAccept', 'continue']);

/** All conditions given must hold. An absent annotation fails every condition but `present: false`. */
export const ThrottleCondition = z.strictObject({
  annotation: z.string().min(1).describe('Name of the annotation that is looked at.'),
  path: z.string().optional().describe('Where to look inside an annotation that holds JSON: keys joined by dots.'),
  present: z.boolean().optional().describe('Whether the annotation must be there.'),
  equals: z.string().optional().describe('Exact value.'),
  prefix: z.string().optional().describe('What the value begins with.'),
  oneOf: z.array(z.string()).optional().describe('Any of these values.'),
  matches: z.string().max(1000).optional().describe('Regular expression (RE2 syntax) that must match somewhere.'),
  olderThanDays: z
    .number()
    .positive()
    .optional()
    .describe('The value is a build id (yyyymmdd and up to six more digits) older than so many days.'),
});
export type ThrottleCondition = z.output<typeof ThrottleCondition>;

export const ThrottleRuleConfig = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_]+$/, 'letters, digits and underscores')
    .describe('Printed in "Discarded=rule_<id>".'),
  products: z.array(z.string()).optional().describe('Only reports of these products; all when absent.'),
  when: z.array(ThrottleCondition).default([]).describe('Conditions, all of which must hold.'),
  percent: z.number().min(0).max(100).default(100).describe('Share of the matching reports that gets the verdict.'),
  verdict: verdict.describe('What happens to the report.'),
  otherwise: verdict.default('continue').describe('What happens to the rest when percent is below 100.'),
});
export type ThrottleRuleConfig = z.output<typeof ThrottleRuleConfig>;

export const ThrottleConfig = z
  .strictObject({
    products: z
      .array(z.string())
      .default([])
      .describe('Products that are taken; others are rejected by rule unsupported_product. Empty takes all.'),
    rules: z.array(ThrottleRuleConfig).default([]).describe('Asked in order; the first verdict holds.'),
    fallback: verdict
      .exclude(['continue'])
      .default('accept')
      .describe('Verdict when no rule has one (rule accept_everything, or NO_MATCH when it rejects).'),
  })
  .prefault({});
export type ThrottleConfig = z.output<typeof ThrottleConfig>;
