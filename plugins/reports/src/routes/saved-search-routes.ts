import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { NewSavedSearch, SavedSearch, SavedSearchChange, SavedSearchList, savedViews } from '@faultline/sdk/api';
import { z } from 'zod';
import type { SavedSearches } from '../saved-searches.js';

const One = z.strictObject({ id: z.string().min(1).max(60) });

export function savedSearchRoutes(searches: SavedSearches): HttpRoute[] {
  return [
    defineRoute({
      id: 'reports/saved-searches',
      method: 'GET',
      path: '/api/v1/saved-searches',
      summary: "The caller's saved searches, and those that are shared",
      access: 'reader',
      request: { query: z.strictObject({ view: z.enum(savedViews).optional() }) },
      response: SavedSearchList,
      handle: async ({ principal, query }) => ({ body: { searches: await searches.list(principal, query.view) } }),
    }),
    defineRoute({
      id: 'reports/save-search',
      method: 'POST',
      path: '/api/v1/saved-searches',
      summary: 'Keep a search under a name, for oneself or for everybody',
      access: 'signed-in',
      request: { body: NewSavedSearch },
      response: SavedSearch,
      handle: async ({ principal, body }) => ({ status: 201, body: await searches.add(principal, body) }),
    }),
    defineRoute({
      id: 'reports/change-saved-search',
      method: 'PATCH',
      path: '/api/v1/saved-searches/:id',
      summary: 'Rename, change or share a saved search',
      access: 'signed-in',
      request: { params: One, body: SavedSearchChange },
      response: SavedSearch,
      handle: async ({ principal, params, body }) => ({ body: await searches.change(principal, params.id, body) }),
    }),
    defineRoute({
      id: 'reports/remove-saved-search',
      method: 'DELETE',
      path: '/api/v1/saved-searches/:id',
      summary: 'Forget a saved search',
      access: 'signed-in',
      request: { params: One },
      response: null,
      async handle({ principal, params }) {
        await searches.remove(principal, params.id);
        return { status: 204, body: null };
      },
    }),
  ];
}
