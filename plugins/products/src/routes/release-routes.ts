import { defineRoute, type AuditLog, type HttpRoute, type Principal, type ProductCatalog } from '@faultline/sdk';
import { CatalogChanges, CatalogDocument, ReleaseDetail, ReleaseFilter, ReleaseList } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { ReleaseFacts } from '@faultline/sdk/product-catalog';
import { z } from 'zod';
import { exportCatalog, importCatalog } from '../catalog-import.js';

const WhichRelease = ReleaseFacts.omit({ date: true });
const ImportOptions = z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') });

export function releaseRoutes({ catalog, audit }: { catalog: ProductCatalog; audit: AuditLog }): HttpRoute[] {
  const note = (principal: Principal, action: string, target: string, details: Record<string, number> | null) =>
    audit.record({ actor: principal.id, actorName: principal.name, action, target, details });
  return [
    defineRoute({
      id: 'products/releases',
      method: 'GET',
      path: '/api/v1/releases',
      summary: 'Releases of products, declared and learnt from reports, the newest first',
      access: 'reader',
      request: { query: ReleaseFilter },
      response: ReleaseList,
      async handle({ query: { limit, ...filter } }) {
        const releases = await catalog.releases(withoutUndefined(filter));
        return { body: { releases: releases.slice(0, limit), total: releases.length } };
      },
    }),
    defineRoute({
      id: 'products/release-save',
      method: 'PUT',
      path: '/api/v1/releases',
      summary: 'Declare a release',
      access: 'manage',
      request: { body: ReleaseFacts },
      response: ReleaseDetail,
      async handle({ body, principal }) {
        const release = await catalog.saveRelease(body);
        await note(principal, 'release.save', `${body.product} ${body.version}`, null);
        return { body: release };
      },
    }),
    defineRoute({
      id: 'products/release-remove',
      method: 'DELETE',
      path: '/api/v1/releases',
      summary: 'Forget a release; one that reports name comes back with the next of them',
      access: 'manage',
      request: { query: WhichRelease },
      response: null,
      async handle({ query, principal }) {
        if (!(await catalog.removeRelease(query))) {
          throw new FaultlineError('NotFound', 'RELEASE_UNKNOWN', 'There is no such release.', {
            hint: 'Product, channel, version and buildId must all be given as GET /api/v1/releases shows them.',
          });
        }
        await note(principal, 'release.remove', `${query.product} ${query.version}`, null);
        return { status: 204, body: null };
      },
    }),
    defineRoute({
      id: 'products/export',
      method: 'GET',
      path: '/api/v1/product-catalog',
      summary: 'What people declared about products and releases, as it can be imported',
      access: 'manage',
      response: CatalogDocument,
      async handle() {
        return { body: await exportCatalog(catalog) };
      },
    }),
    defineRoute({
      id: 'products/import',
      method: 'POST',
      path: '/api/v1/product-catalog',
      summary: 'Declare many products and releases at once, or see what that would change',
      access: 'manage',
      request: { query: ImportOptions, body: CatalogDocument },
      response: CatalogChanges,
      async handle({ query, body, principal }) {
        const changes = await importCatalog(catalog, body, { dryRun: query.dryRun === 'true' });
        if (!changes.dryRun) {
          const { added, changed, releases } = changes;
          await note(principal, 'products.import', '', { added: added.length, changed: changed.length, releases });
        }
        return { body: changes };
      },
    }),
  ];
}

function withoutUndefined<T extends object>(filter: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: NonNullable<T[Key]> };
}
