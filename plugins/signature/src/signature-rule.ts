import { annotationFields } from '@faultline/sdk/processing-rule';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { fieldsOfSignature } from '@faultline/signature';
import { signedFields, signedPatch, Signer, type SignerOptions } from './signer.js';

/** Signs a processed crash once everything that a signature is made from is there. */
export function signatureRule(options: SignerOptions): ProcessingRule {
  const signer = new Signer(options);
  return {
    id: 'signature/sign',
    title: 'Signature, and why it is so',
    version: 2,
    reads: ['product', annotationFields, ...fieldsOfSignature],
    writes: [...signedFields],
    rulesets: ['default', 'regenerate-signature'],
    apply({ processed }) {
      const result = signer.sign(processed);
      return { patch: signedPatch(result), notes: result.notes };
    },
  };
}
