import { leavesOf, type SettingNode } from './setting-tree.js';

/** `storage-lmdb` + `largePartSize` is `FAULTLINE_STORAGE_LMDB_LARGE_PART_SIZE`. */
function variableName(section: string, path: readonly string[]): string {
  return ['faultline', section, ...path]
    .map((word) => word.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_'))
    .join('_')
    .toUpperCase();
}

/** The variable of every setting in a section. */
export function environmentNames(
  section: string,
  tree: SettingNode,
): { variable: string; path: readonly string[]; node: SettingNode }[] {
  return [...leavesOf(tree)].map(([path, node]) => ({ variable: variableName(section, path), path, node }));
}
