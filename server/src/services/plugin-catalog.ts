import type { PanelManifest, PluginCatalog, PluginState, RuleModuleReference } from '@faultline/sdk';
import type { PluginRecord } from '../boot/plugin-record.js';

/** Reads the records of the boot; what it answers changes as they do. */
export class HostPluginCatalog implements PluginCatalog {
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly records: readonly PluginRecord[],
    private readonly preloadUrls: readonly string[],
  ) {}

  states(): readonly PluginState[] {
    return this.records.map((record) => record.state);
  }

  ruleModules(): readonly RuleModuleReference[] {
    return this.#active().flatMap(({ manifest, source, config }) => {
      if (manifest?.rules === undefined) return [];
      const rules = manifest.contributes.ProcessingRule.map((rule) => rule.id);
      return [{ plugin: manifest.id, module: source.moduleUrl(manifest.rules), config, rules }];
    });
  }

  panels(): readonly (PanelManifest & { plugin: string })[] {
    return this.#active().flatMap(({ manifest }) =>
      (manifest?.contributes.UiPanel ?? []).map((panel) => ({ ...panel, plugin: manifest?.id ?? '' })),
    );
  }

  preloads(): readonly string[] {
    return this.preloadUrls;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A plugin was reloaded. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #active(): PluginRecord[] {
    return this.records.filter((record) => record.state.state === 'active');
  }
}
