import type { SignatureRule } from './signature-rule.js';

export const hungProcess: SignatureRule = {
  name: 'HungProcess',
  title: 'Marks hangs with the kind of hang that the client reported.',
  applies: ({ crash }) => crash.hang != null,
  apply: ({ crash, signature }) => ({ signature: `hang: ${String(crash.hang)} | ${signature}` }),
};
