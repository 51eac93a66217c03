import { textOf } from '../crash-data.js';
import type { SignatureRule } from './signature-rule.js';

export const stackwalkerError: SignatureRule = {
  name: 'StackwalkerErrorSignatureRule',
  title: 'Says why there is no stack: adds the status of the stack walker to an EMPTY signature.',
  applies: ({ crash, signature }) => signature.startsWith('EMPTY') && textOf(crash.mdsw_status_string) !== '',
  apply: ({ crash, signature }) => ({ signature: `${signature}; ${textOf(crash.mdsw_status_string)}` }),
};
