import type { ContributionList, Disposer, Ruleset } from '@faultline/sdk';

export type RulesetFacts = Pick<Ruleset, 'title' | 'from'>;

const builtIn: Record<string, RulesetFacts> = {
  default: { title: 'Process the report', from: 'report' },
  'regenerate-signature': { title: 'Sign again', from: 'processed' },
};

/** Rulesets by name. Those of the configuration stand over those of plugins, which replace no built-in one. */
export function allRulesets(
  configured: Readonly<Record<string, RulesetFacts>>,
  contributed: readonly Ruleset[] = [],
): Map<string, RulesetFacts> {
  const others = contributed.filter(({ id }) => !Object.hasOwn(builtIn, id));
  const ofPlugins = Object.fromEntries(others.map(({ id, title, from }) => [id, { title, from }]));
  return new Map(Object.entries({ ...builtIn, ...ofPlugins, ...configured }));
}

/** Keeps a map of rulesets up to date with plugins that come and go. */
export function followRulesets(
  rulesets: Map<string, RulesetFacts>,
  configured: Readonly<Record<string, RulesetFacts>>,
  contributed: ContributionList<Ruleset>,
): Disposer {
  const follow = () => {
    const all = allRulesets(
      configured,
      contributed.all().map(({ value }) => value),
    );
    rulesets.clear();
    for (const [name, facts] of all) rulesets.set(name, facts);
  };
  follow();
  return contributed.onChange(follow);
}
