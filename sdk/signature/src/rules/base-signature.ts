import { objectOf } from '../crash-data.js';
import { signJavaException, signJavaStackTrace } from '../java-signature.js';
import { signStack } from '../stack-signature.js';
import type { SignatureRule } from './signature-rule.js';

/** The signature before all else: of the Java stack trace, else the Java exception, else the crashing thread. */
export const baseSignature: SignatureRule = {
  name: 'SignatureGenerationRule',
  title: 'Makes the signature from the Java stack trace, the Java exception or the stack of the crashing thread.',
  applies: () => true,
  apply({ crash, lists, frames }) {
    if (isGiven(crash.java_stack_trace)) return signJavaStackTrace(crash.java_stack_trace);
    if (isGiven(crash.java_exception)) return signJavaException(crash.java_exception);
    return signStack(crash, lists, frames);
  },
};

/** Empty texts, lists and objects count as absent; a wrong type does not, so that it shows as malformed. */
function isGiven(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Array.isArray(value) ? value.length > 0 : Object.keys(objectOf(value)).length > 0;
}
