/** The rules of a Mozilla server as the processor runs them: general ones, Firefox's, the signature, in their order. */
import type { ProcessedCrash, RawCrash } from '@faultline/sdk';
import { builtInLists } from '@faultline/signature';
import { mozillaFields } from '../../../plugins/mozilla/src/fields/mozilla-fields.js';
import { mozillaRules } from '../../../plugins/mozilla/src/rules.js';
import { versionRule } from '../../../plugins/mozilla/src/rules/version-rule.js';
import { annotationFieldsOf } from '../../../plugins/processor/src/annotation-fields.js';
import { copiedFields, factsOf } from '../../../plugins/processor/src/rules/rule-facts.js';
import { orderRules } from '../../../plugins/processor/src/rules/rule-order.js';
import { runRules, type RulesResult } from '../../../plugins/processor/src/rules/run-rules.js';
import { generalFields } from '../../../plugins/rules/src/index.js';
import { generalRules } from '../../../plugins/rules/src/rules.js';
import { signatureFields } from '../../../plugins/signature/src/fields.js';
import { signatureRule } from '../../../plugins/signature/src/signature-rule.js';

export const allRules = [
  ...generalRules,
  ...mozillaRules({}),
  signatureRule({ lists: builtInLists(), ruleset: 'socorro', products: {} }),
];
const facts = allRules.map((rule) => factsOf(rule, rule.id.split('/')[0] ?? ''));
const fields = copiedFields(facts, annotationFieldsOf([...generalFields, ...signatureFields, ...mozillaFields]));
const { ordered, problems } = orderRules(facts, fields);
const inOrder = ordered.flatMap(({ id }) => allRules.filter((rule) => rule.id === id));

export const orderProblems = problems;

/** @param betas versions of betas by product, channel and build id */
export async function runAllRules({
  raw,
  start,
  parts,
  betas,
}: {
  raw: RawCrash;
  start: ProcessedCrash;
  parts: ReadonlyMap<string, Uint8Array>;
  betas: Record<string, string>;
}): Promise<RulesResult> {
  const watch = { begin: () => {}, end: () => {}, time: () => 0 };
  return await runRules(
    inOrder.map((rule) => (rule.id === 'mozilla/version' ? versionRule(betas) : rule)),
    { crashId: raw.crashId, raw, processed: start, fields, parts },
    watch,
  );
}
