import type { SignatureRule } from './signature-rule.js';

export const stackOverflow: SignatureRule = {
  name: 'StackOverflowSignature',
  title: 'Marks stack overflows (EXCEPTION_STACK_OVERFLOW).',
  applies: ({ crash }) => crash.reason === 'EXCEPTION_STACK_OVERFLOW',
  apply: ({ signature }) => ({ signature: `stackoverflow | ${signature}` }),
};
