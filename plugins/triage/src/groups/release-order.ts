import type { GroupRelease } from '@faultline/sdk/api';
import { compareBuilds, compareVersions, type VersionOverrides } from '@faultline/signature/version-order';

/** What a crash says of the program it is of; "" for what it does not say. */
export interface CrashRelease {
  product: string;
  version: string;
  build: string;
}

/**
 * Whether a crash is of a release or of a later one. Crashes of other products, and those that name no version, never
 * are. A crash of the same version counts unless both name a build and the crash's is older.
 */
export function isAtOrAfter(crash: CrashRelease, release: GroupRelease, overrides: VersionOverrides): boolean {
  if (crash.version === '' || (release.product !== '' && release.product !== crash.product)) return false;
  const order = compareVersions(crash.version, release.version, { product: crash.product, overrides });
  if (order !== 0) return order > 0;
  return release.build === '' || crash.build === '' || compareBuilds(crash.build, release.build) >= 0;
}

/** Whether a crash is of a later release than the one that was the latest; true when there was none. */
export function isAfter(
  crash: CrashRelease,
  latest: { version: string; build: string } | undefined,
  overrides: VersionOverrides,
): boolean {
  if (crash.version === '') return false;
  if (latest === undefined || latest.version === '') return true;
  const order = compareVersions(crash.version, latest.version, { product: crash.product, overrides });
  if (order !== 0) return order > 0;
  return latest.build !== '' && crash.build !== '' && compareBuilds(crash.build, latest.build) > 0;
}
