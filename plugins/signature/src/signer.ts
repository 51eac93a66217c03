import type { FieldPatch } from '@faultline/sdk/processing-rule';
import type { JsonValue, ProcessedCrash, SignatureStepModule } from '@faultline/sdk';
import { crashDataOfProcessed, generateSignature, rulesets } from '@faultline/signature';
import type { FrameExplanation, RulesetName, Signature, SignatureLists, SignatureRule } from '@faultline/signature';

/** A step that a plugin adds, loaded. */
export interface LoadedStep extends Pick<SignatureStepModule, 'after' | 'products'> {
  rule: SignatureRule;
}

export interface SignerOptions {
  lists: SignatureLists;
  ruleset: RulesetName;
  /** Rulesets of single products. */
  products: Readonly<Record<string, RulesetName>>;
  steps?: readonly LoadedStep[];
  /** Frames looked at; 40 when absent. */
  frames?: number;
  /** Names of steps that are left out. */
  without?: readonly string[];
}

/** The first of the rules that make a signature fit for its field: steps without a place stand before it. */
const lastWords = 'SigPrintableCharsOnly';

/** Signs processed crashes: with these lists, by the rules of their product and the plugins' own steps. */
export class Signer {
  /** Rules by product; products come from outside, so that only configured ones and those of steps are told apart. */
  readonly #rules = new Map<string, readonly SignatureRule[]>();
  readonly #ownSteps: ReadonlySet<string>;

  constructor(private readonly options: SignerOptions) {
    this.#ownSteps = new Set((options.steps ?? []).flatMap(({ products }) => products ?? []));
  }

  sign(processed: Readonly<ProcessedCrash>): Signature {
    return generateSignature(crashDataOfProcessed(processed), this.options.lists, {
      rules: this.#rulesOf(processed.product ?? ''),
      ...(this.options.frames === undefined ? {} : { frames: this.options.frames }),
    });
  }

  #rulesOf(product: string): readonly SignatureRule[] {
    const { ruleset, products, steps = [], without = [] } = this.options;
    const name = Object.hasOwn(products, product) ? (products[product] ?? ruleset) : ruleset;
    const key = this.#ownSteps.has(product) ? `${name}/${product}` : name;
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    const wanted = steps.filter((step) => step.products?.includes(product) ?? true);
    const rules = wanted.reduce(withStep, rulesets[name]).filter((rule) => !without.includes(rule.name));
    this.#rules.set(key, rules);
    return rules;
  }
}

function withStep(rules: readonly SignatureRule[], { rule, after }: LoadedStep): readonly SignatureRule[] {
  const behind = after === undefined ? -1 : rules.findIndex(({ name }) => name === after);
  const last = rules.findIndex(({ name }) => name === lastWords);
  const at = behind >= 0 ? behind + 1 : last < 0 ? rules.length : last;
  return [...rules.slice(0, at), rule, ...rules.slice(at)];
}

/** What a signature writes. */
export const signedFields = ['signature', 'proto_signature', 'signature_explanation'] as const;

export function signedPatch(result: Signature): FieldPatch {
  return {
    signature: result.signature,
    proto_signature: result.protoSignature ?? undefined,
    signature_explanation: explanationOf(result),
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
