import type { JsonValue } from '@faultline/minidump';

/** A leaf of a golden that ours does not have: where, what it says, what we say (undefined: nothing there). */
export interface LeafDifference {
  path: string;
  golden: JsonValue;
  ours: JsonValue | undefined;
}

/** Lists whose elements belong together by a key, in whatever order they come. */
const pairedBy: Record<string, string> = { modules: 'base_addr', threads: 'thread_id', 'proc_limits.limits': 'name' };

/**
 * Compares as `compare-stackwalk` does: hex strings as numbers, null like an absent key, modules by base address,
 * threads by id; extra keys of ours cost nothing.
 * @returns the number of the golden's leaves, and those that differ
 */
export function compareLeaves(golden: JsonValue, ours: JsonValue): { leaves: number; differences: LeafDifference[] } {
  const differences: LeafDifference[] = [];
  let leaves = 0;
  const leaf = (path: string, want: JsonValue, have: JsonValue | undefined) => {
    leaves += 1;
    if (have === undefined || !isSame(want, have)) differences.push({ path, golden: want, ours: have });
  };
  const visit = (path: string, want: JsonValue, have: JsonValue | undefined) => {
    if (Array.isArray(want) && want.length > 0) {
      const list = Array.isArray(have) ? have : [];
      leaf(`${path}.length`, want.length, have === undefined ? undefined : list.length);
      pairUp(want, list, pairedBy[path]).forEach(([one, other], index) => visit(`${path}[${index}]`, one, other));
      return;
    }
    if (want !== null && typeof want === 'object' && !Array.isArray(want) && Object.keys(want).length > 0) {
      const object = have !== null && typeof have === 'object' && !Array.isArray(have) ? have : undefined;
      for (const [key, value] of Object.entries(want)) {
        visit(path === '' ? key : `${path}.${key}`, value, object === undefined ? undefined : (object[key] ?? null));
      }
      return;
    }
    leaf(path, isEmpty(want) ? null : want, have !== undefined && isEmpty(have) ? null : have);
  };
  visit('', golden, ours);
  return { leaves, differences };
}

function isEmpty(value: JsonValue): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  if (isHex(one) && isHex(other)) return BigInt(one) === BigInt(other);
  if (typeof one === 'number' && typeof other === 'number') return Math.abs(one - other) < 1e-6;
  return one === other;
}

function isHex(value: JsonValue): value is string {
  return typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value);
}

function pairUp(want: JsonValue[], have: JsonValue[], key: string | undefined): [JsonValue, JsonValue | undefined][] {
  const keyOf = (value: JsonValue | undefined) =>
    key !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? value[key] : undefined;
  const keys = want.map(keyOf);
  if (keys.includes(undefined) || new Set(keys).size !== keys.length) {
    return want.map((value, index) => [value, have[index]]);
  }
  return want.map((value) => [value, have.find((other) => keyOf(other) === keyOf(value))]);
}
