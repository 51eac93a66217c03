import type { Bytes } from '@faultline/sdk';

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes for people, in steps of 1,000: `12.3 MB`. */
export function size(bytes: Bytes): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
