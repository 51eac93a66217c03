// What can be told of the dependencies without asking anybody: pure functions of package-lock.json.

/** Install scripts run on the machine of whoever installs. These were read; the server works without them, too. */
const mayRunScripts = {
  esbuild: 'puts its own binary in the place of a script',
  fsevents: 'builds nothing where its prebuilt part is; macOS only',
  lmdb: 'looks for its prebuilt part',
  'msgpackr-extract': 'looks for its prebuilt part',
  'vue-demi': 'writes into its own folder which Vue it found',
};

/** May be shipped with a product without more than naming them. */
const freeLicences = new Set(
  '0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 CC0-1.0 ISC MIT MIT-0 OFL-1.1 Python-2.0 Unlicense'.split(
    ' ',
  ),
);

/** Not changed by us, so that their own terms stay with their own files. */
const weakCopyleft = new Set(['MPL-2.0', 'EPL-2.0', 'CC-BY-3.0', 'CC-BY-4.0']);

/** The lock says nothing; their own files do. */
const readByHand = { busboy: 'MIT', streamsearch: 'MIT' };

const nameOf = (key) => key.split('node_modules/').at(-1);

/** Packages that others wrote. */
export function othersOf(lock) {
  return Object.entries(lock.packages)
    .filter(([key, entry]) => key.includes('node_modules/') && entry.link !== true)
    .map(([key, entry]) => ({ key, name: entry.name ?? nameOf(key), ...entry }));
}

/** Every package has a checksum, and none comes from elsewhere than a registry. */
export function unsealed(lock) {
  return othersOf(lock).flatMap(({ key, integrity, resolved }) => {
    const isSealed = typeof integrity === 'string' && /^sha512-[A-Za-z0-9+/]{86}==/.test(integrity);
    const isElsewhere = resolved !== undefined && !/^https:\/\/[^/]+\/.+\.tgz$/.test(resolved);
    return [
      ...(isSealed ? [] : [`${key} has no sha512 checksum in package-lock.json`]),
      ...(isElsewhere ? [`${key} comes from ${resolved}, which is no registry`] : []),
    ];
  });
}

/** Of the package.json files: exact versions only, and what the lock holds. */
export function loose(lock) {
  const ours = Object.entries(lock.packages).filter(([key]) => !key.includes('node_modules/'));
  return ours.flatMap(([key, entry]) =>
    Object.entries({ ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies }).flatMap(
      ([name, range]) => {
        const where = `${key === '' ? 'package.json' : `${key}/package.json`}: ${name}`;
        if (!/^\d+\.\d+\.\d+([-+][\w.-]+)?$/.test(range)) return [`${where} is "${range}", which is no exact version`];
        const found = lock.packages[`${key}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
        const isSame = found?.link === true || found?.version === range;
        return isSame ? [] : [`${where} is ${range}, package-lock.json has ${found?.version ?? 'none'}`];
      },
    ),
  );
}

/** Install scripts that nobody has read. */
export function unreadScripts(lock) {
  return othersOf(lock)
    .filter(({ hasInstallScript, name }) => hasInstallScript === true && !Object.hasOwn(mayRunScripts, name))
    .map(({ key }) => `${key} runs a script when it is installed, and is not on the list of those that were read`);
}

/** Licences that must be looked at before anything is shipped. */
export function unknownLicences(lock) {
  return othersOf(lock).flatMap(({ key, name, license = readByHand[name] }) => {
    const choices = String(license ?? '')
      .replace(/[()]/g, '')
      .split(' OR ');
    const isKnown = choices.some((one) => freeLicences.has(one) || weakCopyleft.has(one));
    return isKnown ? [] : [`${key} has the licence "${license ?? 'none'}", which is not on the list`];
  });
}

/**
 * What is in use and known to be bad.
 *
 * @param {{ name: string, from?: string, before?: string, versions?: string[], id: string, what: string }[]} holes
 */
export function knownHoles(lock, holes) {
  return othersOf(lock).flatMap(({ key, name, version }) =>
    holes
      .filter((hole) => hole.name === name && isIn(hole, version))
      .map(({ id, what }) => `${key} ${version}: ${what} (${id})`),
  );
}

function isIn({ from = '0.0.0', before, versions }, version) {
  if (versions !== undefined) return versions.includes(version);
  return compare(version, from) >= 0 && compare(version, before) < 0;
}

/** By their three numbers; one with a word behind them comes before the one without. */
function compare(a, b) {
  const parts = (version) => [...version.split(/[-+]/)[0].split('.').map(Number), version.includes('-') ? 0 : 1];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < 4; at++) if (left[at] !== right[at]) return left[at] - right[at];
  return 0;
}
