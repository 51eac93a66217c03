/** A command reaches the catalog of a running server (`--url`) or, without one, of a folder (`--data`). */
import { StateStore, type CliContext, type ProductSettings, type ReleaseFacts } from '@faultline/sdk';
import {
  CatalogChanges,
  CatalogDocument,
  ProductDetail,
  ProductList,
  ReleaseDetail,
  ReleaseList,
} from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  type FolderOptions,
  type ServerOptions,
} from '@faultline/sdk/cli-command';
import { exportCatalog, importCatalog } from '../catalog-import.js';
import { StateProductCatalog } from '../state-product-catalog.js';

export const catalogOptions = { ...serverOptions, ...folderOptions } as const;

export const catalogOptionsHelp = `Where (a running server, or else a folder):
${serverOptionsHelp}
${folderOptionsHelp}`;

/** What commands do with a catalog, wherever it is. */
export interface CatalogAccess {
  products(): Promise<ProductDetail[]>;
  releases(product: string): Promise<ReleaseDetail[]>;
  save(settings: ProductSettings, version: number): Promise<ProductDetail>;
  /** False when it was not declared. */
  remove(product: string): Promise<boolean>;
  saveRelease(release: ReleaseFacts): Promise<ReleaseDetail>;
  export(): Promise<CatalogDocument>;
  import(document: CatalogDocument, dryRun: boolean): Promise<CatalogChanges>;
}

export async function withCatalog<T>(
  context: CliContext,
  options: ServerOptions & FolderOptions,
  work: (catalog: CatalogAccess) => Promise<T>,
): Promise<T> {
  const isServer = options.url !== undefined || context.env['FAULTLINE_URL'] !== undefined;
  if (isServer && options.data === undefined) return work(serverCatalog(context, options));
  return context.withServices(options, [StateStore], (services) =>
    work(folderCatalog(new StateProductCatalog(services.resolve(StateStore)))),
  );
}

function folderCatalog(catalog: StateProductCatalog): CatalogAccess {
  return {
    products: () => catalog.products(),
    releases: (product) => catalog.releases({ product }),
    save: (settings, version) => catalog.save(settings, version),
    remove: (product) => catalog.remove(product),
    saveRelease: (release) => catalog.saveRelease(release),
    export: () => exportCatalog(catalog),
    import: (document, dryRun) => importCatalog(catalog, document, { dryRun }),
  };
}

function serverCatalog(context: CliContext, options: ServerOptions): CatalogAccess {
  const server = context.server(options);
  const send = (method: string, path: string, body?: unknown): Promise<unknown> =>
    server.json(path, {
      method,
      signal: context.signal,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  const at = (product: string): string => `/api/v1/products/${encodeURIComponent(product)}`;
  return {
    products: async () => ProductList.parse(await send('GET', '/api/v1/products')).products,
    releases: async (product) =>
      ReleaseList.parse(await send('GET', `/api/v1/releases?product=${encodeURIComponent(product)}`)).releases,
    save: async ({ name, ...settings }, version) =>
      ProductDetail.parse(await send('PUT', `${at(name)}?version=${version}`, settings)),
    remove: async (product) => {
      const { products } = ProductList.parse(await send('GET', '/api/v1/products'));
      if (!products.some(({ name, isDeclared }) => isDeclared && name === product)) return false;
      await send('DELETE', at(product));
      return true;
    },
    saveRelease: async (release) => ReleaseDetail.parse(await send('PUT', '/api/v1/releases', release)),
    export: async () => CatalogDocument.parse(await send('GET', '/api/v1/product-catalog')),
    import: async (document, dryRun) =>
      CatalogChanges.parse(await send('POST', `/api/v1/product-catalog?dryRun=${dryRun}`, document)),
  };
}
