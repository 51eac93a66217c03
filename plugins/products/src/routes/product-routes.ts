import { defineRoute, type AuditLog, type HttpRoute, type Principal, type ProductCatalog } from '@faultline/sdk';
import { FeaturedVersions, ProductDetail, ProductList } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { ProductSettings } from '@faultline/sdk/product-catalog';
import { z } from 'zod';
import { featuredVersions } from '../featured-versions.js';

const Named = z.strictObject({ name: z.string().min(1).max(100) });
const Expected = z.strictObject({ version: z.coerce.number().int().min(0).optional() });

export function productRoutes({ catalog, audit }: { catalog: ProductCatalog; audit: AuditLog }): HttpRoute[] {
  return [
    defineRoute({
      id: 'products/list',
      method: 'GET',
      path: '/api/v1/products',
      summary: 'Products, with what people declared about them',
      access: 'reader',
      response: ProductList,
      async handle({ principal }) {
        return { body: { products: (await catalog.products()).map((product) => shownTo(principal, product)) } };
      },
    }),
    defineRoute({
      id: 'products/show',
      method: 'GET',
      path: '/api/v1/products/:name',
      summary: 'One product, by its name or an alias',
      access: 'reader',
      request: { params: Named },
      response: ProductDetail,
      async handle({ params, principal }) {
        const product = await catalog.product(params.name);
        if (product === null) throw productUnknown(params.name);
        return { body: shownTo(principal, product) };
      },
    }),
    defineRoute({
      id: 'products/versions',
      method: 'GET',
      path: '/api/v1/products/:name/versions',
      summary: 'Versions of a product that are offered first',
      access: 'reader',
      request: { params: Named },
      response: FeaturedVersions,
      async handle({ params }) {
        const product = await catalog.product(params.name);
        if (product === null) return { body: { featured: [] } };
        return { body: { featured: featuredVersions(product, await catalog.releases({ product: product.name })) } };
      },
    }),
    defineRoute({
      id: 'products/save',
      method: 'PUT',
      path: '/api/v1/products/:name',
      summary: 'Declare a product, or replace what was declared about it',
      access: 'manage',
      request: { params: Named, query: Expected, body: ProductSettings.omit({ name: true }) },
      response: ProductDetail,
      async handle({ params, query, body, principal }) {
        const settings = ProductSettings.parse({ ...body, name: params.name });
        const product = await catalog.save(settings, query.version);
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: 'product.save',
          target: product.name,
          details: { version: product.version, accepted: product.accepted },
        });
        return { body: product };
      },
    }),
    defineRoute({
      id: 'products/remove',
      method: 'DELETE',
      path: '/api/v1/products/:name',
      summary: 'Forget what was declared about a product; its reports and releases stay',
      access: 'manage',
      request: { params: Named },
      response: null,
      async handle({ params, principal }) {
        if (!(await catalog.remove(params.name))) throw productUnknown(params.name);
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: 'product.remove',
          target: params.name,
          details: null,
        });
        return { status: 204, body: null };
      },
    }),
  ];
}

/** Addresses of symbol servers may be of an inner network: for those who work with symbols. */
function shownTo(principal: Principal, product: ProductDetail): ProductDetail {
  const maySee = principal.permissions.has('manage') || principal.permissions.has('upload_symbols');
  return maySee ? product : { ...product, symbolSources: [] };
}

function productUnknown(name: string): FaultlineError {
  return new FaultlineError('NotFound', 'PRODUCT_UNKNOWN', `There is no product "${name.slice(0, 80)}".`, {
    hint: 'GET /api/v1/products lists them.',
  });
}
