/** The general processing rules: what any product needs. Their order follows from what each reads and writes. */
import { defineRules } from '@faultline/sdk/processing-rule';
import { annotationsRule } from './rules/annotations-rule.js';
import { breadcrumbsRule } from './rules/breadcrumbs-rule.js';
import { collectorRule } from './rules/collector-rule.js';
import { cpuRule } from './rules/cpu-rule.js';
import { crashingThreadRule } from './rules/crashing-thread-rule.js';
import { datesRule } from './rules/dates-rule.js';
import { gpuNamesRule } from './rules/gpu-names-rule.js';
import { hardwareHintsRule } from './rules/hardware-hints-rule.js';
import { identityRule } from './rules/identity-rule.js';
import { javaRule } from './rules/java-rule.js';
import { memoryReportRule } from './rules/memory-report-rule.js';
import { moduleUrlsRule } from './rules/module-urls-rule.js';
import { osRule } from './rules/os-rule.js';
import { pluginProcessRule } from './rules/plugin-process-rule.js';
import { reportKeysRule } from './rules/report-keys-rule.js';
import { reportTypeRule } from './rules/report-type-rule.js';
import { stackModulesRule } from './rules/stack-modules-rule.js';
import { threadsRule } from './rules/threads-rule.js';
import { truncateStacksRule } from './rules/truncate-stacks-rule.js';

export const generalRules = [
  identityRule,
  annotationsRule,
  reportKeysRule,
  collectorRule,
  datesRule,
  pluginProcessRule,
  javaRule,
  breadcrumbsRule,
  memoryReportRule,
  truncateStacksRule,
  moduleUrlsRule,
  crashingThreadRule,
  osRule,
  cpuRule,
  threadsRule,
  stackModulesRule,
  hardwareHintsRule,
  reportTypeRule,
];

/** `pciIds` is the text of the list; "" leaves adapters without names. */
export default defineRules((_config, settings: { pciIds: string } | null) => [
  ...generalRules,
  gpuNamesRule(settings?.pciIds ?? ''),
]);
