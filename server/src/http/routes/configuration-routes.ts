import { defineRoute, type HttpRoute } from '@faultline/sdk';
import {
  ConfigurationApplied,
  ConfigurationChange,
  ConfigurationDetail,
  ConfigurationHistory,
  ConfigurationReview,
} from '@faultline/sdk/api';
import { z } from 'zod';
import type { Configurator } from '../../configurator/configurator.js';

const Sure = z.strictObject({
  sure: z
    .enum(['true', 'false'])
    .default('false')
    .describe('A second yes, for what could lock people out or cut crash reporters off.'),
});

export function configurationRoutes(configurator: Configurator): HttpRoute[] {
  const base = '/api/v1/configuration';
  return [
    defineRoute({
      id: 'host/configuration',
      method: 'GET',
      path: base,
      summary: 'Every setting with its value, where that comes from, and what may be given; secrets are not shown',
      access: 'manage',
      response: ConfigurationDetail,
      handle: async () => ({ body: await configurator.current() }),
    }),
    defineRoute({
      id: 'host/configuration-review',
      method: 'POST',
      path: `${base}/review`,
      summary: 'What a change of the configuration would do; writes nothing',
      access: 'manage',
      request: { body: ConfigurationChange },
      response: ConfigurationReview,
      handle: async ({ body }) => ({ body: await configurator.review(body) }),
    }),
    defineRoute({
      id: 'host/configuration-apply',
      method: 'POST',
      path: `${base}/apply`,
      summary: 'Write a change to the configuration file, and take it up where that needs no restart',
      access: 'manage',
      request: { query: Sure, body: ConfigurationChange },
      response: ConfigurationApplied,
      handle: async ({ body, query, principal }) => ({
        body: await configurator.apply(body, { isSure: query.sure === 'true', by: principal }),
      }),
    }),
    defineRoute({
      id: 'host/configuration-history',
      method: 'GET',
      path: `${base}/history`,
      summary: 'Changes of the configuration that were kept, newest first',
      access: 'manage',
      response: ConfigurationHistory,
      handle: async () => ({ body: await configurator.changes() }),
    }),
    defineRoute({
      id: 'host/configuration-rollback',
      method: 'POST',
      path: `${base}/rollback`,
      summary: 'Put the configuration file back to how it was after a former change',
      access: 'manage',
      request: { query: Sure, body: z.strictObject({ number: z.int().min(1) }) },
      response: ConfigurationApplied,
      handle: async ({ body, query, principal }) => ({
        body: await configurator.rollback(body.number, { isSure: query.sure === 'true', by: principal }),
      }),
    }),
  ];
}
