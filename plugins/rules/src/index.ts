import {
  Clock,
  CrashProcessing,
  definePlugin,
  FieldDefinition,
  FieldDictionary,
  HttpRoute,
  Job,
  RuleSettings,
  StateStore,
} from '@faultline/sdk';
import { dictionaryRoute } from './dictionary/dictionary-route.js';
import { androidFields } from './fields/android-fields.js';
import { crashFields } from './fields/crash-fields.js';
import { RulesConfig } from './config.js';
import { dumpFields } from './fields/dump-fields.js';
import { identityFields } from './fields/identity-fields.js';
import { javaFields } from './fields/java-fields.js';
import { gpuNameFields, memoryFields } from './fields/memory-fields.js';
import { personFields } from './fields/person-fields.js';
import { processingFields } from './fields/processing-fields.js';
import { resourceFields } from './fields/resource-fields.js';
import { systemFields } from './fields/system-fields.js';
import { timeFields } from './fields/time-fields.js';
import { importedKey, importPciIdsJob } from './pci-ids/import-job.js';
import { PciIdsSettings } from './pci-ids/pci-ids-settings.js';
import { PciIdsText } from './pci-ids/pci-ids-text.js';

/** Field definitions of any product. */
export const generalFields = [
  ...identityFields,
  ...timeFields,
  ...crashFields,
  ...systemFields,
  ...androidFields,
  ...resourceFields,
  ...javaFields,
  ...personFields,
  ...processingFields,
  ...dumpFields,
  ...memoryFields,
  ...gpuNameFields,
];

/** The rules themselves run in the rules' worker: see `rules.ts`. */
export default definePlugin({
  config: RulesConfig,
  async activate(context) {
    for (const field of generalFields) context.contribute(FieldDefinition, field);
    // Resolved when asked for: it may start after this plugin, and a web process may run without it.
    const processing = () => context.resolve(CrashProcessing);
    context.contribute(HttpRoute, dictionaryRoute(context.resolve(FieldDictionary), processing));

    const settings = new PciIdsSettings();
    context.contribute(RuleSettings, settings);
    if (context.config.pciIds === undefined) return;
    const { roles, logger, signal } = context;
    const ids = new PciIdsText(context.config.pciIds, () => context.paths.data);
    const state = () => context.resolve(StateStore);
    context.contribute(Job, importPciIdsJob({ ids, state, clock: context.resolve(Clock) }));
    // Commands process crashes, too; they have no role.
    if (roles.size > 0 && !roles.has('processor')) return;
    await settings.refresh(ids, logger);
    if (roles.size > 0) {
      context.onReady(() => state().watch(importedKey, () => settings.refresh(ids, logger), signal));
    }
  },
});
