import { defineRules } from '@faultline/sdk/processing-rule';
import type { MappingsConfig } from './config.js';
import { deobfuscateRule } from './rules/deobfuscate-rule.js';
import { MappingFiles } from './rules/mapping-files.js';

/** What the rule's thread is told. A type: it is a JSON value. */
export type MappingSettings = { folder: string };

export default defineRules<MappingsConfig, MappingSettings | null>((config, settings) =>
  settings === null ? [] : [deobfuscateRule(new MappingFiles(settings.folder), config.annotations)],
);
