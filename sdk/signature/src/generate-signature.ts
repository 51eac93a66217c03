import type { CrashData } from './crash-data.js';
import type { FrameExplanation, SignatureStep } from './explanation.js';
import type { SignatureLists } from './lists/signature-lists.js';
import type { SignatureChange, SignatureRule } from './rules/signature-rule.js';
import { defaultRuleset } from './rulesets.js';
import { mostFrames } from './stack-signature.js';

export interface SignatureOptions {
  /** Rules in order; `defaultRuleset` when absent. */
  rules?: readonly SignatureRule[];
  /** Frames looked at, at most and by default `mostFrames`. */
  frames?: number;
}

/** A signature, and why it is so. */
export interface Signature {
  signature: string;
  /** Names of all frames looked at, uncut; null without a stack. */
  protoSignature: string | null;
  /** For people, each begins with the name of its rule. */
  notes: string[];
  /** The rules that changed the signature, in order. */
  steps: SignatureStep[];
  extra: { normalizedFrames: string[] };
  /** Every frame of the signed thread, innermost first; empty for Java crashes. */
  frames: FrameExplanation[];
}

/**
 * Makes the signature of a crash. Pure, and never throws for bad data: a rule that fails is noted, the others run.
 * @param lists from `parseSignatureLists` or `builtInLists`; keep them, they get faster with use
 */
export function generateSignature(crash: CrashData, lists: SignatureLists, options: SignatureOptions = {}): Signature {
  const result: Signature = {
    signature: '',
    protoSignature: null,
    notes: [],
    steps: [],
    extra: { normalizedFrames: [] },
    frames: [],
  };
  for (const rule of options.rules ?? defaultRuleset) {
    const before = result.signature;
    const change = run(rule, { crash, lists, signature: before, frames: options.frames ?? mostFrames });
    for (const note of change.notes ?? []) result.notes.push(`${rule.name}: ${note}`);
    if (change.protoSignature !== undefined) result.protoSignature = change.protoSignature;
    if (change.frames !== undefined) result.frames = change.frames;
    if (change.signature === undefined || change.signature === before) continue;
    result.signature = change.signature;
    result.steps.push({ rule: rule.name, before, after: change.signature });
  }
  result.extra.normalizedFrames = result.frames.map(({ name }) => name);
  return result;
}

function run(rule: SignatureRule, input: Parameters<SignatureRule['apply']>[0]): SignatureChange {
  try {
    return rule.applies(input) ? rule.apply(input) : {};
  } catch (error) {
    return { notes: [`Rule failed: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
