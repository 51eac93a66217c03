import { defineRoute, type AuditEntry, type HttpRoute } from '@faultline/sdk';
import { AuditList, AuditParameters } from '@faultline/sdk/api';
import type { StateAuditLog } from '../../audit/state-audit-log.js';

/** What administrators did and who looked at protected data. Reading it changes nothing; nothing changes it. */
export function auditRoutes(log: () => StateAuditLog): HttpRoute[] {
  return [
    defineRoute({
      id: 'host/audit',
      method: 'GET',
      path: '/api/v1/audit',
      summary: 'The audit log, newest first',
      access: 'manage',
      request: { query: AuditParameters },
      response: AuditList,
      async handle({ query: { before, limit, actor, action, target } }) {
        const entries = await log().entries({
          limit,
          ...(before === undefined ? {} : { before }),
          ...(actor === undefined ? {} : { actor }),
          ...(action === undefined ? {} : { action }),
          ...(target === undefined ? {} : { target }),
        });
        const next = entries.length < limit ? null : (entries.at(-1)?.sequence ?? null);
        return { headers: { 'cache-control': 'no-store' }, body: { entries: entries.map(shown), next } };
      },
    }),
    {
      id: 'host/audit-export',
      method: 'GET',
      path: '/api/v1/audit/export',
      summary: 'The whole audit log, oldest first, one JSON object a line',
      access: 'manage',
      produces: 'application/x-ndjson',
      handle: () => ({
        headers: { 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="audit.ndjson"' },
        body: auditLines(log()),
      }),
    },
  ];
}

export async function* auditLines(log: StateAuditLog): AsyncGenerator<string> {
  for await (const entry of log.all()) yield `${JSON.stringify(shown(entry))}\n`;
}

function shown(entry: AuditEntry): AuditList['entries'][number] {
  return { ...entry, at: new Date(entry.at).toISOString() };
}
