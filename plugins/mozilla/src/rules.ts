/** The rules of Firefox and its relatives; none unless `mozilla.enabled` is set. */
import { defineRules } from '@faultline/sdk/processing-rule';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import type { BetaVersions, MozillaSettings } from './beta-versions.js';
import type { MozillaConfig } from './config.js';
import { accessibilityRule } from './rules/accessibility-rule.js';
import { addonsRule } from './rules/addons-rule.js';
import { crashReasonRule } from './rules/crash-reason-rule.js';
import { distributionRule } from './rules/distribution-rule.js';
import { heapCheckerRule } from './rules/heap-checker-rule.js';
import { memoryMeasuresRule } from './rules/memory-measures-rule.js';
import { reportTypeRule } from './rules/report-type-rule.js';
import { shutdownHangRule } from './rules/shutdown-hang-rule.js';
import { submittedFromRule } from './rules/submitted-from-rule.js';
import { utilityActorsRule } from './rules/utility-actors-rule.js';
import { uuidRule } from './rules/uuid-rule.js';
import { versionRule } from './rules/version-rule.js';

export const mozillaRules = (betas: BetaVersions): ProcessingRule[] => [
  uuidRule,
  versionRule(betas),
  submittedFromRule,
  accessibilityRule,
  addonsRule,
  heapCheckerRule,
  memoryMeasuresRule,
  crashReasonRule,
  utilityActorsRule,
  distributionRule,
  reportTypeRule,
  shutdownHangRule,
];

export default defineRules(({ enabled }: MozillaConfig, settings: MozillaSettings | null) =>
  enabled ? mozillaRules(settings?.betas ?? {}) : [],
);
