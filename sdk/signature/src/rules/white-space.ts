import { collapseSpace, trimSpace } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

export const whiteSpace: SignatureRule = {
  name: 'SigFixWhitespace',
  title: 'Makes every run of white space one space, and drops it at both ends.',
  applies: () => true,
  apply: ({ signature }) => ({ signature: collapseSpace(trimSpace(signature)) }),
};
