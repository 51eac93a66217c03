/**
 * The order of rules. A rule that reads a field runs after the rules that write it; `after` and `before` say what that
 * leaves open, and win where they say otherwise. What can't be ordered is left out and named: the rest still runs.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import { expandFields } from './rule-facts.js';
import type { RuleFacts } from './rule-facts.js';

export interface RuleOrder {
  ordered: RuleFacts[];
  /** Rules that are left out, each with `Conflict RULE_ORDER_CYCLE | RULE_WRITERS_UNORDERED | RULE_DUPLICATE`. */
  problems: { rules: string[]; error: FaultlineError }[];
}

export function orderRules(rules: readonly RuleFacts[], copied: readonly { name: string }[]): RuleOrder {
  const problems: RuleOrder['problems'] = [];
  let left = withoutDuplicates(rules, problems);
  for (;;) {
    const graph = new RuleGraph(left, copied);
    const cycle = graph.cycle();
    const conflict = cycle === null ? graph.unorderedWriters() : null;
    if (cycle === null && conflict === null) return { ordered: graph.sorted(), problems };
    const problem = cycle === null ? unorderedProblem(conflict) : cycleProblem(cycle);
    problems.push(problem);
    left = left.filter((rule) => !problem.rules.includes(rule.id));
  }
}

class RuleGraph {
  /** Rules that run after a rule. */
  private readonly next = new Map<string, Set<string>>();
  private readonly fields: { rule: RuleFacts; reads: Set<string>; writes: Set<string> }[];

  constructor(
    private readonly rules: readonly RuleFacts[],
    copied: readonly { name: string }[],
  ) {
    for (const rule of rules) this.next.set(rule.id, new Set());
    for (const rule of rules) {
      for (const other of rule.after) this.link(other, rule.id);
      for (const other of rule.before) this.link(rule.id, other);
    }
    this.fields = rules.map((rule) => ({
      rule,
      reads: expandFields(rule.reads, copied),
      writes: expandFields(rule.writes, copied),
    }));
    // Links by fields come after all of the declared ones, which they must not contradict.
    const declared = rules.map((rule) => [rule.id, this.reachable(rule.id)] as const);
    const isDeclaredBefore = new Map(declared);
    for (const writer of this.fields) {
      for (const reader of this.fields) {
        if (reader === writer || !shares(writer.writes, reader.reads)) continue;
        if (isDeclaredBefore.get(reader.rule.id)?.has(writer.rule.id) === true) continue;
        this.link(writer.rule.id, reader.rule.id);
      }
    }
  }

  /** Ids along one cycle; null when there is none. */
  cycle(): string[] | null {
    const done = new Set<string>();
    const path: string[] = [];
    const visit = (id: string): string[] | null => {
      if (path.includes(id)) return path.slice(path.indexOf(id));
      if (done.has(id)) return null;
      path.push(id);
      for (const next of this.next.get(id) ?? []) {
        const found = visit(next);
        if (found !== null) return found;
      }
      path.pop();
      done.add(id);
      return null;
    };
    for (const rule of this.rules) {
      const found = visit(rule.id);
      if (found !== null) return found;
    }
    return null;
  }

  unorderedWriters(): { field: string; rules: [string, string] } | null {
    const reach = new Map(this.rules.map((rule) => [rule.id, this.reachable(rule.id)]));
    for (const [index, a] of this.fields.entries()) {
      for (const b of this.fields.slice(index + 1)) {
        const field = [...a.writes].find((name) => b.writes.has(name));
        if (field === undefined) continue;
        const isOrdered =
          reach.get(a.rule.id)?.has(b.rule.id) === true || reach.get(b.rule.id)?.has(a.rule.id) === true;
        if (!isOrdered) return { field, rules: [a.rule.id, b.rule.id] };
      }
    }
    return null;
  }

  /** In the order given, as far as the links allow. */
  sorted(): RuleFacts[] {
    const sorted: RuleFacts[] = [];
    const waiting = new Set(this.rules);
    while (waiting.size > 0) {
      const ready = [...waiting].find((rule) => ![...waiting].some((other) => this.next.get(other.id)?.has(rule.id)));
      if (ready === undefined) throw new Error('A cycle was looked for and not found');
      waiting.delete(ready);
      sorted.push(ready);
    }
    return sorted;
  }

  /** A rule that is not there (its plugin is not installed) orders nothing. */
  private link(first: string, second: string): void {
    if (this.next.has(first) && this.next.has(second)) this.next.get(first)?.add(second);
  }

  private reachable(from: string): Set<string> {
    const seen = new Set<string>();
    const stack = [from];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      for (const next of this.next.get(id) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return seen;
  }
}

function shares(a: Set<string>, b: Set<string>): boolean {
  for (const name of a) if (b.has(name)) return true;
  return false;
}

function withoutDuplicates(rules: readonly RuleFacts[], problems: RuleOrder['problems']): RuleFacts[] {
  const seen = new Map<string, RuleFacts>();
  for (const rule of rules) {
    const first = seen.get(rule.id);
    if (first === undefined) {
      seen.set(rule.id, rule);
      continue;
    }
    const message = `Two plugins have a rule "${rule.id}": ${first.plugin} and ${rule.plugin}.`;
    const hint = `Rename one of them; the one of ${first.plugin} runs.`;
    problems.push({ rules: [], error: new FaultlineError('Conflict', 'RULE_DUPLICATE', message, { hint }) });
  }
  return [...seen.values()];
}

function cycleProblem(cycle: string[]): RuleOrder['problems'][number] {
  const message = `These rules wait for each other and are left out: ${[...cycle, cycle[0]].join(' -> ')}.`;
  const hint = 'Look at what they read, write, and name under `after` and `before`.';
  return {
    rules: cycle,
    error: new FaultlineError('Conflict', 'RULE_ORDER_CYCLE', message, { hint, details: { cycle } }),
  };
}

function unorderedProblem(conflict: { field: string; rules: [string, string] } | null): RuleOrder['problems'][number] {
  const rules = conflict?.rules ?? [];
  const message = `${rules.join(' and ')} both write "${conflict?.field}", and nothing says which comes first; they are left out.`;
  const hint = 'Give one of them `after` or `before` with the id of the other.';
  const error = new FaultlineError('Conflict', 'RULE_WRITERS_UNORDERED', message, { hint, details: { ...conflict } });
  return { rules, error };
}
