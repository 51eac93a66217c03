import type { FrameTrust } from '../model/frame.js';

/**
 * Words that a scan looks at. The frame where the thread stood may be half built, and behind a frame found by CFI
 * may lie code without any module (JIT), so from those the scan goes further.
 */
export function scanLength(trust: FrameTrust): number {
  return trust === 'context' || trust === 'cfi' ? 160 : 40;
}
