import type { AnnotationField, RuleModuleReference } from '@faultline/sdk';
import type { RuleFacts } from '../rules/rule-facts.js';
import type { RulesInput, RulesResult } from '../rules/run-rules.js';

/** What the thread is started with. */
export interface WorkerStart {
  /** Imported before anything of a plugin. */
  preloads: readonly string[];
  modules: readonly RuleModuleReference[];
  cell: SharedArrayBuffer;
}

export interface RunRequest {
  job: number;
  /** Ids, in order. */
  rules: string[];
  /** Absent: those of the request before. Copying hundreds of them costs more than most rules. */
  fields?: readonly AnnotationField[];
  input: Omit<RulesInput, 'fields'>;
}

/** A rule module that could not be used, or not wholly. No private data. */
export interface ModuleProblem {
  plugin: string;
  code: 'RULE_MODULE_FAILED' | 'RULE_MODULE_HANGS' | 'RULE_UNDECLARED' | 'RULE_MISSING';
  message: string;
}

export type WorkerReply =
  | { kind: 'loaded'; rules: RuleFacts[]; problems: ModuleProblem[] }
  | { kind: 'done'; job: number; result: RulesResult }
  /** The engine itself failed: an error of ours. */
  | { kind: 'failed'; job: number; message: string };
