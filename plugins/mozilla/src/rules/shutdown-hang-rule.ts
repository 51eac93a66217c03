import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** The watchdog's thread ended the program; the one that hung, and that the signature is of, is the main thread. */
export const shutdownHangRule: ProcessingRule = {
  id: 'mozilla/shutdown-hang',
  title: 'Crashing thread of a hung shutdown',
  version: 1,
  reads: ['signature'],
  writes: ['crashing_thread'],
  after: ['rules/crashing-thread'],
  rulesets: ['default', 'regenerate-signature'],
  applies: ({ processed }) => processed.signature.startsWith('shutdownhang'),
  apply: () => ({ patch: { crashing_thread: 0 } }),
};
