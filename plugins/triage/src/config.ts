import { versionOrders } from '@faultline/signature/version-order';
import { z } from 'zod';

const orders = Object.keys(versionOrders) as [keyof typeof versionOrders, ...(keyof typeof versionOrders)[]];

const template = z.strictObject({
  url: z.string().max(2_000).default('').describe("Address of the tracker's form, with `{title}` and `{body}`."),
  title: z.string().max(500).default('Crash in {signature}').describe('The title of a new ticket.'),
  body: z
    .string()
    .max(20_000)
    .default('{count} crashes of {product} {version} since {firstSeen}.\n\n{link}\n\nReason: {reason}\n\n{stack}\n')
    .describe('Its text. Names: signature, product, version, count, firstSeen, os, reason, stack, frames, link.'),
});

export const TriageConfig = z.strictObject({
  tickets: z
    .record(z.string(), template)
    .default({})
    .describe('Templates of new tickets by product name; `*` for products without their own.'),
  versionOrder: z
    .record(z.string(), z.enum(orders))
    .default({})
    .describe(
      'How versions of single products are ordered, by product name: `standard`; `semver`, where 1.2.3-4 comes before ' +
        '1.2.3; `text`, letter by letter.',
    ),
});
export type TriageConfig = z.output<typeof TriageConfig>;

/** The template of a product, else that of `*`, else our own. */
export function templateOf({ tickets }: TriageConfig, product: string): z.output<typeof template> {
  const own = Object.hasOwn(tickets, product) ? tickets[product] : tickets['*'];
  return own ?? template.parse({});
}
