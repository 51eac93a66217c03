import { signStack } from '../stack-signature.js';
import type { SignatureRule } from './signature-rule.js';

/**
 * A watchdog thread that ended a shutdown took too long: the crashing thread is the watchdog, the culprit is the main
 * thread. Socorro signs it with its own lists even when told to use others; here the lists in force are used.
 */
export const runWatchdog: SignatureRule = {
  name: 'SignatureRunWatchDog',
  title: 'Signs the main thread when the crashing thread is the shutdown watchdog.',
  applies: ({ signature }) => signature.includes('RunWatchdog'),
  apply({ crash, lists }) {
    const stack = signStack({ ...crash, crashing_thread: 0 }, lists);
    const signature = `shutdownhang | ${stack.signature}`;
    // Without frames in the main thread, the watchdog's own are better than none.
    return stack.protoSignature === null ? { signature, notes: stack.notes } : { ...stack, signature };
  },
};
