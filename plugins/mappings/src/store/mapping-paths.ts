/**
 * Where mappings lie: `files/<id>/` has each once; `ids/` and `versions/` have small files that name one. Plain files,
 * because the processing rule that reads them runs in a thread that may be ended at any moment and opens no database.
 */
import path from 'node:path';

export interface MappingVersion {
  product: string;
  version: string;
  /** "" for all builds of the version. */
  build: string;
}

/** Names come from crash reports: each becomes one part of a path, whatever it holds. */
function part(name: string): string {
  // Half a surrogate pair, as a JSON annotation may have it, is nothing that can be encoded.
  const text = Buffer.from(name, 'utf8').toString('utf8');
  return `v-${encodeURIComponent(text).slice(0, 180)}`;
}

export function filesFolder(root: string): string {
  return path.join(root, 'files');
}

export function mappingFolder(root: string, id: string): string {
  return path.join(filesFolder(root), part(id));
}

export function idFile(root: string, id: string): string {
  return path.join(root, 'ids', part(id.toLowerCase()));
}

export function versionFile(root: string, { product, version, build }: MappingVersion): string {
  return path.join(root, 'versions', part(product), part(version), part(build));
}
