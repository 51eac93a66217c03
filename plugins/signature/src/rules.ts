import { defineRules } from '@faultline/sdk/processing-rule';
import { builtInLists } from '@faultline/signature';
import type { SignatureConfig } from './config.js';
import { listsOfFolder } from './folder-lists.js';
import { readyLists } from './lists/ready-lists.js';
import { loadSteps } from './load-steps.js';
import { signatureRule } from './signature-rule.js';
import type { SignatureSettings } from './signature-settings.js';

export default defineRules(
  async ({ lists, ruleset, products }: SignatureConfig, settings: SignatureSettings | null) => {
    if (settings === null) {
      return [
        signatureRule({ lists: lists === undefined ? builtInLists() : listsOfFolder(lists, false), ruleset, products }),
      ];
    }
    const ready = readyLists(settings.texts, settings.origins);
    return [signatureRule({ ...settings.rules, lists: ready, steps: await loadSteps(settings.steps) })];
  },
);
