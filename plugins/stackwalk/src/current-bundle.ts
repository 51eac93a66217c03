import { statSync } from 'node:fs';

/** Packages that go into the bundles; `tsc -b` leaves the time of its last change in each. */
const packages = ['..', '../../../sdk/contracts', '../../../sdk/minidump'];

/**
 * Address of a program that `npm run build` bundled into few files (`server/bin/bundle-programs.js`): loading its
 * 130 modules one by one takes twice as long. Null where there is no bundle, or `tsc -b` alone has built something newer.
 *
 * @param name of the program's own module
 */
export function currentBundle(name: string): string | null {
  const bundle = new URL(`./bundled/${name}.js`, import.meta.url);
  const bundledAt = changedAt(bundle);
  if (bundledAt === null) return null;
  const builtAt = packages.map((folder) => changedAt(new URL(`${folder}/tsconfig.tsbuildinfo`, import.meta.url)) ?? 0);
  return Math.max(...builtAt) <= bundledAt ? bundle.href : null;
}

function changedAt(file: URL): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
