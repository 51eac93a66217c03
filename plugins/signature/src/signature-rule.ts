import { annotationFields } from '@faultline/sdk/processing-rule';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import type { JsonValue } from '@faultline/sdk/raw-crash';
import { crashDataOfProcessed, fieldsOfSignature, generateSignature, rulesets } from '@faultline/signature';
import type { FrameExplanation, RulesetName, Signature, SignatureLists } from '@faultline/signature';

export interface SignatureRuleOptions {
  lists: SignatureLists;
  ruleset: RulesetName;
  /** Rulesets of single products. */
  products: Readonly<Record<string, RulesetName>>;
}

/** Signs a processed crash once everything that a signature is made from is there. */
export function signatureRule({ lists, ruleset, products }: SignatureRuleOptions): ProcessingRule {
  return {
    id: 'signature/sign',
    title: 'Signature, and why it is so',
    version: 1,
    reads: ['product', annotationFields, ...fieldsOfSignature],
    writes: ['signature', 'proto_signature', 'signature_explanation'],
    rulesets: ['default', 'regenerate-signature'],
    apply({ processed }) {
      const { product = '' } = processed;
      const rules = rulesets[Object.hasOwn(products, product) ? (products[product] ?? ruleset) : ruleset];
      const result = generateSignature(crashDataOfProcessed(processed), lists, { rules });
      return {
        patch: {
          signature: result.signature,
          proto_signature: result.protoSignature ?? undefined,
          signature_explanation: explanationOf(result),
        },
        notes: result.notes,
      };
    },
  };
}

function explanationOf({ steps, frames }: Signature): JsonValue {
  return {
    steps: steps.map(({ rule, before, after }) => ({ rule, before, after })),
    frames: frames.map(explainedFrame),
  };
}

/** Absent keys stay absent: JSON knows no undefined. */
function explainedFrame({ entry, sentinel, ...frame }: FrameExplanation): JsonValue {
  return {
    ...frame,
    ...(entry === undefined ? {} : { entry: { ...entry } }),
    ...(sentinel === undefined ? {} : { sentinel: { ...sentinel } }),
  };
}
