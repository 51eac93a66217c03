import { collapseSpace, trimSpace } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

const isTidy = /^(?:[!-~]+(?: [!-~]+)*)?$/;

export const whiteSpace: SignatureRule = {
  name: 'SigFixWhitespace',
  title: 'Makes every run of white space one space, and drops it at both ends.',
  applies: () => true,
  // What came before leaves printable ASCII: most signatures have neither double spaces nor any at their ends.
  apply: ({ signature }) => (isTidy.test(signature) ? {} : { signature: collapseSpace(trimSpace(signature)) }),
};
