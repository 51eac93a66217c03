import {
  defineRoute,
  type AuditLog,
  type Clock,
  type FieldDictionary,
  type HttpRoute,
  type SearchEngine,
} from '@faultline/sdk';
import { ExportParameters } from '@faultline/sdk/api';
import { isSearchable, searchFields } from '@faultline/sdk/search';
import { exportText, exportTypes } from '../export-text.js';
import { exportRows } from '../search-export.js';
import { searchQuery } from '../search-request.js';
import { mayViewProtected } from './crash-routes.js';

export function exportRoute(services: {
  engine: SearchEngine;
  fields: FieldDictionary;
  clock: Clock;
  audit: AuditLog;
}): HttpRoute {
  const { engine, fields, clock, audit } = services;
  return defineRoute({
    id: 'reports/export',
    method: 'GET',
    path: '/api/v1/search/export',
    summary: 'All crashes that a search finds, as a CSV, NDJSON or JSON file',
    access: 'signed-in',
    request: { query: ExportParameters },
    response: null,
    produces: 'application/octet-stream',
    async handle({ query: { format, limit, ...parameters }, principal, signal }) {
      const seesAll = mayViewProtected(principal);
      const visible = searchFields(fields.all(), seesAll);
      const columns =
        parameters.columns.trim() === '*'
          ? visible
              .all()
              .filter(isSearchable)
              .map(({ id }) => id)
              .join(',')
          : parameters.columns;
      const query = searchQuery({
        parameters: { ...parameters, columns, facets: '', histogram: '', limit: 0 },
        fields,
        mayViewProtected: seesAll,
        now: clock.now(),
        signal,
      });
      const pages = await exportRows(engine, { query, limit: limit ?? Infinity, mayViewProtected: seesAll, signal });
      const protectedColumns = query.columns.filter((name) => visible.get(name)?.permission === 'protected');
      if (protectedColumns.length > 0) {
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: 'search.export',
          target: '',
          details: { columns: protectedColumns, format, from: query.from, to: query.to },
        });
      }
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      return {
        headers: {
          'content-type': exportTypes[format],
          'content-disposition': `attachment; filename="crashes-${day}.${format}"`,
          'cache-control': 'private, no-store',
          'x-content-type-options': 'nosniff',
        },
        body: exportText(format, pages, namedRows(query.columns)),
      };
    },
  });
}

/** A row that nobody could find again is of little use. */
function namedRows(columns: readonly string[]): readonly string[] {
  return columns.includes('crash_id') || columns.includes('uuid') ? columns : ['crash_id', ...columns];
}
