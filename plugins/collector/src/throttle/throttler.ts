import type {
  Clock,
  ContributionList,
  JsonValue,
  Random,
  ReportIdentity,
  ThrottleRule,
  ThrottleVerdict,
} from '@faultline/sdk';
import { compileCondition } from './condition.js';
import type { ThrottleConfig, ThrottleRuleConfig } from './throttle-config.js';

/** A rule in force, in the order in which they are asked. */
export interface RuleInForce {
  id: string;
  title: string;
  /** Id of the plugin that brings it; "" for one of the configuration. */
  plugin: string;
}

export interface ThrottleDecision {
  verdict: Exclude<ThrottleVerdict, 'continue'>;
  /** Id of the rule that decided. */
  rule: string;
}

interface Report {
  annotations: Record<string, JsonValue>;
  identity: ReportIdentity;
}

/** Asks the configured rules, then those of plugins by their order; the first verdict holds. */
export class Throttler {
  readonly #configured: ThrottleRule[];

  constructor(
    private readonly config: ThrottleConfig,
    private readonly contributed: ContributionList<ThrottleRule>,
    private readonly clock: Clock,
    private readonly random: Pick<Random, 'fraction'>,
  ) {
    this.#configured = config.rules.map((rule, order) => this.#compile(rule, order));
  }

  decide(report: Report): ThrottleDecision {
    const { products, fallback } = this.config;
    if (products.length > 0 && !products.includes(report.identity.product)) {
      return { verdict: 'reject', rule: 'unsupported_product' };
    }
    for (const rule of [...this.#configured, ...this.#fromPlugins()]) {
      const verdict = rule.decide(report, this.random.fraction());
      if (verdict !== 'continue') return { verdict, rule: rule.id };
    }
    return { verdict: fallback, rule: fallback === 'reject' ? 'NO_MATCH' : 'accept_everything' };
  }

  /** As they are asked now. */
  rules(): RuleInForce[] {
    const plugins = new Map(this.contributed.all().map(({ plugin, value }) => [value, plugin]));
    const all = [...this.#configured, ...this.#fromPlugins()];
    return all.map((rule) => ({ id: rule.id, title: rule.title, plugin: plugins.get(rule) ?? '' }));
  }

  #fromPlugins(): ThrottleRule[] {
    const rules = this.contributed.all().map((contribution) => contribution.value);
    return rules.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  }

  #compile(rule: ThrottleRuleConfig, order: number): ThrottleRule {
    const conditions = rule.when.map(compileCondition);
    return {
      id: rule.id,
      title: rule.id,
      order,
      decide: ({ annotations, identity }, chance) => {
        if (rule.products !== undefined && !rule.products.includes(identity.product)) return 'continue';
        const now = this.clock.now();
        if (!conditions.every((holds) => holds(annotations, now))) return 'continue';
        return chance * 100 < rule.percent ? rule.verdict : rule.otherwise;
      },
    };
  }
}
