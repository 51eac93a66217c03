import type { Milliseconds } from '@faultline/sdk';
import { annotationFields } from '@faultline/sdk/processing-rule';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** What is known of a rule outside the thread that runs it. Plain data. */
export interface RuleFacts {
  id: string;
  plugin: string;
  title: string;
  version: number;
  reads: readonly string[];
  writes: readonly string[];
  after: readonly string[];
  before: readonly string[];
  rulesets: readonly string[];
  budget: Milliseconds;
  /** Attachments whose bytes it needs. */
  parts: readonly string[];
}

const defaultBudget: Milliseconds = 1000;

export function factsOf(rule: ProcessingRule, plugin: string): RuleFacts {
  return {
    id: rule.id,
    plugin,
    title: typeof rule.title === 'string' ? rule.title : rule.id,
    version: rule.version,
    reads: [...rule.reads],
    writes: [...rule.writes],
    after: [...(rule.after ?? [])],
    before: [...(rule.before ?? [])],
    rulesets: [...(rule.rulesets ?? ['default'])],
    budget: rule.budget ?? defaultBudget,
    parts: [...(rule.parts ?? [])],
  };
}

/** Annotation fields that are copied: those that no rule writes by name. */
export function copiedFields<T extends { name: string }>(rules: readonly RuleFacts[], fields: readonly T[]): T[] {
  const written = new Set(rules.flatMap((rule) => rule.writes));
  return fields.filter((field) => !written.has(field.name));
}

/** A rule's fields with `@annotations` spelled out. */
export function expandFields(names: readonly string[], copied: readonly { name: string }[]): Set<string> {
  const expanded = new Set(names);
  if (expanded.has(annotationFields)) for (const field of copied) expanded.add(field.name);
  return expanded;
}
