import { token } from './token.js';

/** When a signature was seen for the first time, in whatever product. */
export interface FirstAppearance {
  signature: string;
  /** ISO 8601: when that report arrived. */
  date: string;
  /** The lowest build that has it; "" when no report told one. */
  build: string;
  /**
   * The product that had it first, and the lowest version of it that has it: versions have no order across products.
   * "" for what no report told; absent from who keeps no versions.
   */
  release?: { product: string; version: string };
}

/** What is known of signatures for ever, also when their reports have expired. */
export interface SignatureHistory {
  /** Of those signatures that were ever seen, in no order. */
  firstAppearances(signatures: readonly string[]): Promise<FirstAppearance[]>;
}
export const SignatureHistory = token<SignatureHistory>('core.signatureHistory');
