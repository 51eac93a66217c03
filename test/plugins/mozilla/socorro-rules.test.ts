import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mozillaFields } from '../../../plugins/mozilla/src/fields/mozilla-fields.js';
import { generalFields } from '../../../plugins/rules/src/index.js';
import { signatureFields } from '../../../plugins/signature/src/fields.js';
import { allRules, orderProblems, runAllRules } from './all-rules.js';
import { corpusPath, requireCorpus } from '../../corpus.js';
import { differingKeys } from './compared.js';
import { goldenCase, type Document } from './golden-case.js';

interface Difference {
  /** Numbers of cases. */
  cases: string[];
  keys: string[];
  reason: string;
}

const differences = JSON.parse(
  readFileSync(new URL('./socorro-differences.json', import.meta.url), 'utf8'),
) as Difference[];

function explained(name: string): string[] {
  const number = name.slice(0, 3);
  return [...new Set(differences.filter(({ cases }) => cases.includes(number)).flatMap(({ keys }) => keys))].sort();
}

describe('the rules of all plugins together', () => {
  it('have an order, and each field one definition', () => {
    expect(orderProblems).toEqual([]);
    const ids = [...generalFields, ...signatureFields, ...mozillaFields].map((field) => field.id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('write declared fields only', () => {
    const declared = new Set([...generalFields, ...signatureFields, ...mozillaFields].map((field) => field.id));
    const written = allRules.flatMap((rule) => rule.writes).filter((field) => !field.startsWith('@'));
    expect(written.filter((field) => !declared.has(field))).toEqual([]);
  });
});

const isThere = requireCorpus();
const names = isThere
  ? readdirSync(corpusPath('socorro-rules'))
      .filter((file) => file.endsWith('.raw.json'))
      .map((file) => file.replace('.raw.json', ''))
      // 017 has no metadata and 112 no rule but the signature's over a document of Socorro's: neither can be here.
      .filter((name) => !/^(017|112)/.test(name))
      .sort()
  : [];

describe.skipIf(!isThere)('processed crashes of Socorro', () => {
  it.each(names)('%s', async (name) => {
    const { raw, start, expected, parts, betas } = goldenCase(name);
    const { changes, outcomes } = await runAllRules({ raw, start, parts, betas });
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const mine: Document = { ...start, ...changes };
    const differing = differingKeys(mine, expected);
    const shown = differing.map((key) => `${key}: ${JSON.stringify(mine[key])} for ${JSON.stringify(expected[key])}`);
    expect(differing, shown.join('\n').slice(0, 4000)).toEqual(explained(name));
  });
});
