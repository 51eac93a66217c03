import type { ProductCatalog, ThrottleRule } from '@faultline/sdk';
import type { ProductsConfig } from './config.js';

/** Keeps out the reports of products that people have closed, and, when configured, of those that nobody declared. */
export function productRule(
  catalog: Pick<ProductCatalog, 'snapshot'>,
  { unknownProducts }: Pick<ProductsConfig, 'unknownProducts'>,
): ThrottleRule {
  return {
    id: 'not_accepted_product',
    title: 'Products that are not accepted',
    order: 10,
    decide({ identity: { product } }) {
      const found = catalog.snapshot().find(({ name, aliases }) => name === product || aliases.includes(product));
      if (found !== undefined) return found.accepted ? 'continue' : 'reject';
      return unknownProducts === 'accept' ? 'continue' : unknownProducts;
    },
  };
}
