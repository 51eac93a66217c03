import type { ContributionList, PluginCatalog, RuleSettings } from '@faultline/sdk';

type RuleCatalog = Pick<PluginCatalog, 'ruleModules' | 'preloads' | 'onChange'>;

/** The catalog's rule modules with their plugins' settings: a change of settings is a change of the catalog. */
export function withRuleSettings(catalog: RuleCatalog, settings: ContributionList<RuleSettings>): RuleCatalog {
  return {
    ruleModules: () =>
      catalog.ruleModules().map((reference) => ({
        ...reference,
        settings: settings.get(reference.plugin)?.value.current() ?? null,
      })),
    preloads: () => catalog.preloads(),
    onChange(listener) {
      let forgets = settings.all().map(({ value }) => value.onChange(listener));
      const forgetList = settings.onChange(() => {
        for (const forget of forgets) forget();
        forgets = settings.all().map(({ value }) => value.onChange(listener));
        listener();
      });
      const forgetCatalog = catalog.onChange(listener);
      return () => {
        for (const forget of [...forgets, forgetList, forgetCatalog]) forget();
      };
    },
  };
}
