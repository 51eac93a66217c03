import { defineRoute, type AuditLog, type HttpRoute } from '@faultline/sdk';
import {
  CodeownersRules,
  CodeownersText,
  OwnershipMatch,
  OwnershipQuestion,
  OwnershipRules,
  OwnershipUpdate,
} from '@faultline/sdk/api';
import { readCodeowners } from '../ownership/codeowners.js';
import type { OwnershipStore } from '../ownership/ownership-store.js';

export function ownershipRoutes(ownership: OwnershipStore, audit: AuditLog): HttpRoute[] {
  return [
    defineRoute({
      id: 'triage/ownership',
      method: 'GET',
      path: '/api/v1/ownership',
      summary: 'Whose code is whose: rules on signatures, modules and source paths',
      access: 'signed-in',
      response: OwnershipRules,
      handle: async () => ({ body: await ownership.get() }),
    }),
    defineRoute({
      id: 'triage/set-ownership',
      method: 'PUT',
      path: '/api/v1/ownership',
      summary: 'Replaces the ownership rules',
      access: 'triage',
      request: { body: OwnershipUpdate },
      response: OwnershipRules,
      async handle({ body, principal }) {
        const replaced = await ownership.replace(body, principal);
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: 'ownership.replace',
          target: String(replaced.version),
          details: { rules: replaced.rules.length },
        });
        return { body: replaced };
      },
    }),
    defineRoute({
      id: 'triage/import-ownership',
      method: 'POST',
      path: '/api/v1/ownership/import',
      summary: 'Reads a CODEOWNERS file as ownership rules; writes nothing',
      access: 'triage',
      request: { body: CodeownersText },
      response: CodeownersRules,
      handle: ({ body }) => ({ body: readCodeowners(body.text) satisfies CodeownersRules }),
    }),
    defineRoute({
      id: 'triage/match-ownership',
      method: 'POST',
      path: '/api/v1/ownership/match',
      summary: 'Who answers for a signature, modules and paths, by which rule',
      access: 'signed-in',
      request: { body: OwnershipQuestion },
      response: OwnershipMatch,
      handle: async ({ body }) => ({ body: (await ownership.owners()).of(body) satisfies OwnershipMatch }),
    }),
  ];
}
