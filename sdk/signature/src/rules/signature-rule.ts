import type { CrashData } from '../crash-data.js';
import type { FrameExplanation } from '../explanation.js';
import type { SignatureLists } from '../lists/signature-lists.js';

/** What a rule sees. */
export interface RuleInput {
  readonly crash: CrashData;
  readonly lists: SignatureLists;
  /** Frames looked at, inlined calls included; 40 when absent. */
  readonly frames?: number;
  /** The signature that the rules before it made; "" before the first. */
  readonly signature: string;
}

/** What a rule changes; what it leaves out stays. */
export interface SignatureChange {
  signature?: string;
  /** For people who read the report; no private data. The rule's name is put before each. */
  notes?: readonly string[];
  protoSignature?: string | null;
  frames?: FrameExplanation[];
}

/**
 * One step in making a signature. Rules run in the order of their ruleset, each on what the former left; one that
 * throws is noted and left out.
 */
export interface SignatureRule {
  /** Stands in notes and steps. Rules that Socorro has too bear its names, so that notes can be compared. */
  readonly name: string;
  /** One sentence for people: when it applies and what it does. */
  readonly title: string;
  applies(input: RuleInput): boolean;
  apply(input: RuleInput): SignatureChange;
}
