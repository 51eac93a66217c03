import type { ContributionList, Ruleset } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { allRulesets, followRulesets } from '../../../plugins/processor/src/rules/known-rulesets.ts';

const ofPlugin = (id: string): Ruleset => ({ id, title: `${id} of a plugin`, from: 'processed' });

describe('Rulesets', () => {
  it('of plugins stand behind the built-in ones, which they can’t replace, and below the configured ones', () => {
    const configured = { tidy: { title: 'Tidy here', from: 'report' }, own: { title: '', from: 'report' } } as const;
    const all = allRulesets(configured, [ofPlugin('default'), ofPlugin('tidy'), ofPlugin('again')]);
    expect([...all.keys()]).toEqual(['default', 'regenerate-signature', 'tidy', 'again', 'own']);
    expect(all.get('default')).toEqual({ title: 'Process the report', from: 'report' });
    expect(all.get('tidy')).toEqual({ title: 'Tidy here', from: 'report' });
    expect(all.get('again')).toEqual({ title: 'again of a plugin', from: 'processed' });
  });

  it('come and go with their plugins', () => {
    let values = [ofPlugin('again')];
    let tell = () => {};
    const list: ContributionList<Ruleset> = {
      all: () => values.map((value) => ({ plugin: 'p', value })),
      get: () => undefined,
      onChange: (listener) => ((tell = listener), () => (tell = () => {})),
    };
    const rulesets = allRulesets({});
    const stop = followRulesets(rulesets, {}, list);
    expect(rulesets.has('again')).toBe(true);
    values = [];
    tell();
    expect([...rulesets.keys()]).toEqual(['default', 'regenerate-signature']);
    stop();
  });
});
