import type { UnixMillis } from '@faultline/sdk';
import type { GroupSighting } from '@faultline/sdk/api';
import { compareBuilds, compareVersions, type VersionOverrides } from '@faultline/signature/version-order';

/** One crash, as far as first and last appearances go; "" for what it does not say. */
export interface Appearance {
  product: string;
  version: string;
  build: string;
  /** ISO 8601. */
  date: string;
}

/** The newest date is written only when it moved so far: a write for each crash would be dear, search knows the rest. */
const dateStep = 3_600_000;

/** A sighting that takes the crash in; null when it says nothing new. */
export function withAppearance(
  known: GroupSighting | undefined,
  seen: Appearance,
  overrides: VersionOverrides,
): GroupSighting | null {
  if (known === undefined) return sightingOf(seen);
  const joined = joinSightings(known, sightingOf(seen), overrides);
  const isSame =
    joined.firstDate === known.firstDate &&
    joined.firstVersion === known.firstVersion &&
    joined.lastVersion === known.lastVersion &&
    joined.firstBuild === known.firstBuild &&
    joined.lastBuild === known.lastBuild &&
    timeOf(joined.lastDate) - timeOf(known.lastDate) < dateStep;
  return isSame ? null : joined;
}

/** Both together; of one product. */
export function joinSightings(a: GroupSighting, b: GroupSighting, overrides: VersionOverrides): GroupSighting {
  const versions = (left: string, right: string) => compareVersions(left, right, { product: a.product, overrides });
  return {
    product: a.product,
    firstDate: first(a.firstDate, b.firstDate, byText),
    lastDate: last(a.lastDate, b.lastDate, byText),
    firstVersion: first(a.firstVersion, b.firstVersion, versions),
    lastVersion: last(a.lastVersion, b.lastVersion, versions),
    firstBuild: first(a.firstBuild, b.firstBuild, compareBuilds),
    lastBuild: last(a.lastBuild, b.lastBuild, compareBuilds),
  };
}

/** By product, in the order of the products' names. */
export function joinedByProduct(all: Iterable<GroupSighting>, overrides: VersionOverrides): GroupSighting[] {
  const products = new Map<string, GroupSighting>();
  for (const sighting of all) {
    const known = products.get(sighting.product);
    products.set(sighting.product, known === undefined ? sighting : joinSightings(known, sighting, overrides));
  }
  return [...products.values()].sort((a, b) => byText(a.product, b.product));
}

export function sightingOf({ product, version, build, date }: Appearance): GroupSighting {
  return {
    product,
    firstDate: date,
    lastDate: date,
    firstVersion: version,
    lastVersion: version,
    firstBuild: build,
    lastBuild: build,
  };
}

function first(a: string, b: string, compare: (a: string, b: string) => number): string {
  if (a === '' || b === '') return a || b;
  return compare(a, b) <= 0 ? a : b;
}

function last(a: string, b: string, compare: (a: string, b: string) => number): string {
  if (a === '' || b === '') return a || b;
  return compare(a, b) >= 0 ? a : b;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function timeOf(date: string): UnixMillis {
  return date === '' ? 0 : Date.parse(date);
}
