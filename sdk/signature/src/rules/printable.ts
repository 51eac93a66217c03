import { trimSpace } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

/** The text's ASCII signs, letters, digits and spaces; everything else is dropped. */
export function printableOnly(text: string): string {
  return text.replace(/[^ -~]+/g, '');
}

export const printableCharacters: SignatureRule = {
  name: 'SigPrintableCharsOnly',
  title: 'Drops what is no printable ASCII character, and white space at both ends.',
  applies: () => true,
  apply({ signature }) {
    const printable = printableOnly(trimSpace(signature));
    if (printable === signature) return {};
    return { signature: printable, notes: ['unprintable characters removed'] };
  },
};
