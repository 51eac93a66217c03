import type { ProductCatalog } from '@faultline/sdk';
import type { CatalogChanges, CatalogDocument } from '@faultline/sdk/api';

/**
 * Declares what a document says; products and releases that it does not name stay. Throws `Conflict
 * PRODUCT_NAME_TAKEN`, with what came before it in the document written.
 */
export async function importCatalog(
  catalog: ProductCatalog,
  document: CatalogDocument,
  { dryRun }: { dryRun: boolean },
): Promise<CatalogChanges> {
  const known = new Map(
    (await catalog.products()).filter(({ isDeclared }) => isDeclared).map((one) => [one.name, one]),
  );
  const changes: CatalogChanges = { added: [], changed: [], unchanged: [], releases: 0, dryRun };
  for (const settings of document.products) {
    const before = known.get(settings.name);
    if (before === undefined) changes.added.push(settings.name);
    else if (isSame(before, settings)) changes.unchanged.push(settings.name);
    else changes.changed.push(settings.name);
    if (!dryRun && !changes.unchanged.includes(settings.name)) await catalog.save(settings);
  }
  for (const release of document.releases) {
    changes.releases++;
    if (!dryRun) await catalog.saveRelease(release);
  }
  return changes;
}

/** What people declared, as it can be imported again. */
export async function exportCatalog(catalog: ProductCatalog): Promise<CatalogDocument> {
  const products = (await catalog.products()).filter(({ isDeclared }) => isDeclared);
  const releases = (await catalog.releases()).filter(({ isDeclared }) => isDeclared);
  return {
    products: products.map(({ isDeclared: _, version: __, ...settings }) => settings),
    releases: releases.map(({ product, channel, version, buildId, date }) => ({
      product,
      channel,
      version,
      buildId,
      ...(date === '' ? {} : { date }),
    })),
  };
}

function isSame(before: object, settings: object): boolean {
  const picked = Object.fromEntries(Object.keys(settings).map((key) => [key, Reflect.get(before, key)]));
  return JSON.stringify(picked) === JSON.stringify(settings);
}
