import type { Bytes } from '@faultline/sdk/units';

/** A ratio is no sign of a bomb below this size. */
const smallEnough: Bytes = 64 * 1024 * 1024;

/** Unpacked to packed; symbol files are at 5 to 30. */
export const mostRatio = 500;

/** Whether so much from so few bytes is nothing that anybody meant. */
export function isBomb(packed: Bytes, unpacked: Bytes, ratio = mostRatio): boolean {
  return unpacked > smallEnough && unpacked > packed * ratio;
}
