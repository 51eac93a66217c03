import { firstCodePoints, isLongerThan } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

/** Longest signature, in characters. */
const maxSignatureLength = 255;

export const truncate: SignatureRule = {
  name: 'SigTruncate',
  title: `Cuts signatures over ${maxSignatureLength} characters.`,
  applies: ({ signature }) => isLongerThan(signature, maxSignatureLength),
  apply: ({ signature }) => ({
    signature: `${firstCodePoints(signature, maxSignatureLength - 3)}...`,
    notes: ['SigTrunc: signature truncated due to length'],
  }),
};
