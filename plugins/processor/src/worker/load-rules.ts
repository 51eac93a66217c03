import type { RuleModuleReference } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { factsOf } from '../rules/rule-facts.js';
import type { RuleFacts } from '../rules/rule-facts.js';
import type { ModuleProblem } from './worker-protocol.js';

export interface LoadedRules {
  rules: Map<string, ProcessingRule>;
  facts: RuleFacts[];
  problems: ModuleProblem[];
}

/** Imports the plugins' rule modules. One that fails is named, and the others are used. */
export async function loadRules(
  modules: readonly RuleModuleReference[],
  onModule: (index: number) => void,
): Promise<LoadedRules> {
  const loaded: LoadedRules = { rules: new Map(), facts: [], problems: [] };
  for (const [index, reference] of modules.entries()) {
    onModule(index);
    const problem = (code: ModuleProblem['code'], message: string) =>
      loaded.problems.push({ plugin: reference.plugin, code, message });
    try {
      const rules = await importRules(reference);
      for (const rule of rules) {
        if (!reference.rules.includes(rule.id)) {
          problem('RULE_UNDECLARED', `Rule "${rule.id}" is not listed in the manifest and is left out.`);
          continue;
        }
        // Of two with one id the first counts; the order of rules names the second.
        if (!loaded.rules.has(rule.id)) loaded.rules.set(rule.id, rule);
        loaded.facts.push(factsOf(rule, reference.plugin));
      }
      // No rule at all: its configuration switches everything off.
      for (const id of rules.length === 0 ? [] : reference.rules) {
        if (!rules.some((rule) => rule.id === id)) problem('RULE_MISSING', `Rule "${id}" is listed but not there.`);
      }
    } catch (error) {
      problem('RULE_MODULE_FAILED', error instanceof Error ? error.message : String(error));
    }
  }
  return loaded;
}

async function importRules({
  module,
  config,
  settings = null,
}: RuleModuleReference): Promise<readonly ProcessingRule[]> {
  // What a module of somebody else exports is anybody's guess until it was looked at.
  const imported = (await import(/* @vite-ignore */ module)) as { default?: { rules?: unknown } };
  const make = imported.default?.rules;
  if (typeof make !== 'function') throw new Error('Its default export is not made with defineRules(...).');
  const rules: unknown = await make(config, settings);
  if (!Array.isArray(rules) || !rules.every(isRule)) throw new Error('Its rules lack an id, reads, writes or apply.');
  return rules;
}

function isRule(rule: unknown): rule is ProcessingRule {
  if (typeof rule !== 'object' || rule === null) return false;
  const { id, version, reads, writes, apply } = rule as Partial<ProcessingRule>;
  return (
    typeof id === 'string' &&
    typeof version === 'number' &&
    Array.isArray(reads) &&
    Array.isArray(writes) &&
    typeof apply === 'function'
  );
}
