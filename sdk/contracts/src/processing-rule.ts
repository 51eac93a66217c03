/**
 * Processing rules run in a worker thread that can be killed, so they are not contributed from `activate`: the
 * manifest names a module (`"rules": "./dist/rules.js"`) whose default export is `defineRules(...)`, and lists the
 * rules under `contributes.ProcessingRule`. That module is loaded in the worker only; it must not open files, sockets
 * or databases.
 */
import type { CrashId } from './crash-id.js';
import type { ProcessedCrash } from './processed-crash.js';
import type { JsonValue, RawCrash } from './raw-crash.js';
import type { Bytes, MaybePromise, Milliseconds } from './units.js';

/** In `reads` or `writes`: every field that the dictionary copies from an annotation (`RuleInput.fields`). */
export const annotationFields = '@annotations';

/** A part larger than this is not given to rules; neither are parts beyond this sum, in the order of the report. */
export const rulePartsLimit: Bytes = 33_554_432;

/** Fields that a rule sets; null writes a null, undefined removes the field. */
export type FieldPatch = Record<string, JsonValue | undefined>;

export interface RuleInput {
  crashId: CrashId;
  /** Read only; frozen. */
  raw: RawCrash;
  /** The document so far: what earlier rules wrote. Read only; frozen. */
  processed: Readonly<ProcessedCrash>;
  /** Fields that come from annotations, as the field dictionary declares them. */
  fields: readonly AnnotationField[];
  /**
   * Bytes of the parts that the rule asked for (`ProcessingRule.parts`), by name. A part that the report does not have,
   * or that is beyond `rulePartsLimit`, is not there: `raw.parts` tells which. Absent in the input of a test that has
   * no parts.
   */
  parts?: ReadonlyMap<string, Uint8Array>;
}

/** The part of a field definition that converting annotations needs. */
export interface AnnotationField {
  name: string;
  type: string;
  annotation: string;
  default?: JsonValue;
}

export interface RuleResult {
  patch?: FieldPatch;
  /** For people; shown with the run, so without private data. */
  notes?: string[];
}

export interface ProcessingRule {
  /** `<plugin>/<name>`, kebab case. */
  id: string;
  title: string;
  /** Grows with each change of behaviour; stored with every run. */
  version: number;
  /** Fields of the processed crash it reads; it runs after their writers. `raw` is always there. */
  reads: readonly string[];
  /** Fields it may write; a patch of any other field is an error of the rule. */
  writes: readonly string[];
  /** Names of attachments whose bytes it needs, e.g. `['memory_report']`: `RuleInput.parts`. Never dumps. */
  parts?: readonly string[];
  /** Ids of rules that must run before or after it, where reads and writes do not say it. */
  after?: readonly string[];
  before?: readonly string[];
  /** Rulesets it belongs to; `['default']` when absent. */
  rulesets?: readonly string[];
  /** Time it may take; 1,000 when absent. Beyond it the worker is stopped and the crash goes on without it. */
  budget?: Milliseconds;
  applies?(input: RuleInput): boolean;
  apply(input: RuleInput): MaybePromise<RuleResult>;
}

export interface RuleModule {
  /**
   * @param config the plugin's parsed configuration
   * @param settings what its `RuleSettings` say; null without any
   */
  rules(config: never, settings: never): MaybePromise<readonly ProcessingRule[]>;
}

/** Default export of a plugin's rules module. */
export function defineRules<Config, Settings = null>(
  rules: (config: Config, settings: Settings) => MaybePromise<readonly ProcessingRule[]>,
): {
  rules: (config: Config, settings: Settings) => MaybePromise<readonly ProcessingRule[]>;
} {
  return { rules };
}
