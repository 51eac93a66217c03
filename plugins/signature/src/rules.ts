import { defineRules } from '@faultline/sdk/processing-rule';
import { builtInLists } from '@faultline/signature';
import type { SignatureConfig } from './config.js';
import { listsOfFolder } from './folder-lists.js';
import { signatureRule } from './signature-rule.js';

export default defineRules(({ lists, ruleset, products }: SignatureConfig) => [
  signatureRule({ lists: lists === undefined ? builtInLists() : listsOfFolder(lists, false), ruleset, products }),
]);
