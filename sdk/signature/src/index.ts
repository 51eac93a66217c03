export * from './crash-data.js';
export * from './explanation.js';
export * from './generate-signature.js';
export { ExpressionList } from './lists/expression-list.js';
export type { ListEntry, ListProblem } from './lists/expression-list.js';
export * from './lists/built-in-lists.js';
export * from './lists/signature-lists.js';
export type { SignatureChange, SignatureRule, RuleInput } from './rules/signature-rule.js';
export * from './rulesets.js';
