import { defineRoute, type HttpRoute } from '@faultline/sdk';
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

export function ownershipRoutes(ownership: OwnershipStore): HttpRoute[] {
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
      handle: async ({ body, principal }) => ({ body: await ownership.replace(body, principal) }),
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
