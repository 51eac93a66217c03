/**
 * What others wrote, down to the last, at the versions of the repository's own lock: so an installed server runs what
 * was tested, not what a registry has newest. npm 11 does not heed an npm-shrinkwrap.json beside bundled packages
 * (tried), so the package names them all as its own dependencies. Those few that stand below another package, because
 * two versions are in use, follow the range that package gives.
 *
 * @param {object} lock package-lock.json
 * @param {string[]} names of what our packages import
 * @returns {{ dependencies: Record<string, string>, optionalDependencies: Record<string, string>, folders: string[] }}
 *   sorted; `folders` is where they are installed in the repository
 */
export function lockedVersions(lock, names) {
  const dependencies = {};
  const optionalDependencies = {};
  const seen = new Set();
  const wanted = names.map((name) => ({ name, from: '' }));
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    const key = keyOf(lock, next);
    if (key === null || seen.has(key)) continue;
    seen.add(key);
    const { version, optional, ...entry } = lock.packages[key];
    const isTop = key === `node_modules/${next.name}`;
    if (isTop) (optional === true ? optionalDependencies : dependencies)[next.name] = version;
    const peers = Object.keys(entry.peerDependencies ?? {}).filter(
      (name) => entry.peerDependenciesMeta?.[name]?.optional !== true,
    );
    for (const name of [...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }), ...peers]) {
      wanted.push({ name, from: key });
    }
  }
  return {
    dependencies: sorted(dependencies),
    optionalDependencies: sorted(optionalDependencies),
    folders: [...seen].sort(),
  };
}

/** Where Node would find the package: nearest first. Null for what is made for other platforms only. */
function keyOf(lock, { name, from }) {
  for (let folder = from; ;) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[key] !== undefined) return key;
    if (folder === '') return null;
    const above = folder.lastIndexOf('/node_modules/');
    folder = above < 0 ? '' : folder.slice(0, above);
  }
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
