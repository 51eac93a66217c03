import type { AbsoluteAddress } from '@faultline/sdk/units';

/** Bytes of the crashed process that are in memory here, in the byte order of the dump. */
export interface MemoryBlock {
  /** Address of the first byte. `start + bytes.byteLength` never exceeds 2^64. */
  readonly start: AbsoluteAddress;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}
