import type { AnnotationField } from '@faultline/sdk';
import { copiedFields } from './rule-facts.js';
import type { RuleFacts } from './rule-facts.js';
import { orderRules } from './rule-order.js';

export interface OrderedRuleset extends ReturnType<typeof orderRules> {
  members: RuleFacts[];
}

/** The rulesets of some loaded rules, each ordered once: rules and fields change far less often than crashes come. */
export class OrderedRulesets {
  /** Fields that are copied from annotations; the same list while rules and fields are the same. */
  readonly copied: readonly AnnotationField[];
  private readonly byName = new Map<string, OrderedRuleset>();

  constructor(
    private readonly rules: readonly RuleFacts[],
    private readonly fields: readonly AnnotationField[],
  ) {
    this.copied = copiedFields(rules, fields);
  }

  isOf(rules: readonly RuleFacts[], fields: readonly AnnotationField[]): boolean {
    return this.rules === rules && this.fields === fields;
  }

  /** Names of all that a rule belongs to. */
  names(): string[] {
    return [...new Set(this.rules.flatMap(({ rulesets }) => rulesets))];
  }

  get(name: string): OrderedRuleset {
    let found = this.byName.get(name);
    if (found === undefined) {
      const members = this.rules.filter(({ rulesets }) => rulesets.includes(name));
      found = { members, ...orderRules(members, this.copied) };
      this.byName.set(name, found);
    }
    return found;
  }
}
