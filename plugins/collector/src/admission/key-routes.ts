import { defineRoute, type AuditLog, type HttpRoute, type Principal } from '@faultline/sdk';
import { z } from 'zod';
import type { KeptKey, KeptKeys } from './kept-keys.js';

const SubmitKey = z.object({
  product: z.string().describe('"*": products without keys of their own.'),
  key: z.string(),
  since: z.string().nullable().describe('UTC; null for one of the configuration.'),
  until: z.string().nullable().describe('From then on it is refused; null for no end.'),
  from: z.enum(['configuration', 'kept']),
});
export const SubmitKeyList = z.object({ keys: z.array(SubmitKey) });
export type SubmitKeyList = z.output<typeof SubmitKeyList>;

const product = z.string().trim().min(1).max(200);
const NewKey = z.strictObject({
  product,
  overlapDays: z
    .number()
    .min(0)
    .max(3650)
    .nullable()
    .default(null)
    .describe('The other keys of the product that were made here end after so many days; null: they stay.'),
});

/** A key is told when it is made or ended, by product: it stands in every copy of the product anyway. */
export function keyRoutes(parts: {
  kept: KeptKeys;
  configured: Readonly<Record<string, readonly string[]>>;
  audit(): AuditLog;
}): HttpRoute[] {
  const note = (principal: Principal, action: string, target: string, details: { overlapDays: number | null }) =>
    parts.audit().record({ actor: principal.id, actorName: principal.name, action, target, details });
  return [
    defineRoute({
      id: 'collector/keys',
      method: 'GET',
      path: 'keys',
      summary: 'The submit keys that are taken, by product',
      access: 'manage',
      response: SubmitKeyList,
      handle() {
        const configured = Object.entries(parts.configured).flatMap(([name, keys]) =>
          keys.map((key) => ({ product: name, key, since: null, until: null, from: 'configuration' as const })),
        );
        return { body: { keys: [...configured, ...parts.kept.all().map(shown)] } };
      },
    }),
    defineRoute({
      id: 'collector/make-key',
      method: 'POST',
      path: 'keys',
      summary: 'Make a submit key for a product, and let its others end after an overlap',
      access: 'manage',
      request: { body: NewKey },
      response: SubmitKey,
      async handle({ body, principal }) {
        const overlap = body.overlapDays === null ? null : body.overlapDays * 86_400_000;
        const made = await parts.kept.make(body.product, overlap);
        await note(principal, 'submit-key.make', body.product, { overlapDays: body.overlapDays });
        return { status: 201, body: shown(made) };
      },
    }),
    defineRoute({
      id: 'collector/end-key',
      method: 'DELETE',
      path: 'keys/:product/:key',
      summary: 'End a submit key at once; without any left, the product needs none',
      access: 'manage',
      request: { params: z.object({ product, key: z.string() }) },
      response: null,
      async handle({ params, principal }) {
        await parts.kept.end(params.product, params.key);
        await note(principal, 'submit-key.end', params.product, { overlapDays: null });
        return { status: 204 };
      },
    }),
  ];
}

function shown({ product: name, key, since, until }: KeptKey): z.output<typeof SubmitKey> {
  return {
    product: name,
    key,
    since: new Date(since).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
    from: 'kept',
  };
}
