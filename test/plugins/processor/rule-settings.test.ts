import type { ContributionList, RuleSettings } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { withRuleSettings } from '../../../plugins/processor/src/rule-settings.js';

function settingsOf(id: string, value: string) {
  const listeners = new Set<() => void>();
  const settings: RuleSettings = {
    id,
    current: () => value,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return { settings, tell: () => listeners.forEach((listener) => listener()), listeners };
}

describe('withRuleSettings', () => {
  const lists = settingsOf('signature', 'lists');
  const list: ContributionList<RuleSettings> = {
    all: () => [{ plugin: 'signature', value: lists.settings }],
    get: (id) => (id === 'signature' ? { plugin: 'signature', value: lists.settings } : undefined),
    onChange: () => () => undefined,
  };
  const catalog = withRuleSettings(
    {
      ruleModules: () => ['signature', 'rules'].map((plugin) => ({ plugin, module: '', config: {}, rules: [] })),
      preloads: () => [],
      onChange: () => () => undefined,
    },
    list,
  );

  it("gives each module its plugin's settings, and null to those without any", () => {
    expect(catalog.ruleModules().map(({ plugin, settings }) => [plugin, settings])).toEqual([
      ['signature', 'lists'],
      ['rules', null],
    ]);
  });

  it('tells of changed settings as of changed plugins, until it is told to stop', () => {
    let told = 0;
    const forget = catalog.onChange(() => told++);
    lists.tell();
    expect(told).toBe(1);
    forget();
    lists.tell();
    expect(told).toBe(1);
    expect(lists.listeners.size).toBe(0);
  });
});
