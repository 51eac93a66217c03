import type { RuleModuleReference, Stackwalker } from '@faultline/sdk';
import type { makeRulesProgram } from './rules-program.ts';

/** Walks anything, and says which part it was. */
export const okWalker: Stackwalker = {
  id: 'fake',
  title: 'fake',
  walk: ({ part }) =>
    Promise.resolve({ status: 'OK', json: { part }, tool: 'fake', version: '1', duration: 2, notes: [] }),
  checkHealth: () => Promise.resolve(),
};

/** One rule, which signs with the annotation `sig`; `kettle::boil` where there is none. */
export function signingRules(maker: Awaited<ReturnType<typeof makeRulesProgram>>): Promise<RuleModuleReference> {
  return maker.module(
    'sign',
    ['sign/sign'],
    "export default { rules: () => [rule('sign/sign', ({ raw }) => ({ patch: { signature: raw.annotations.sig ?? 'kettle::boil' } }), { writes: ['signature'], rulesets: ['default', 'regenerate-signature'] })] };",
  );
}
