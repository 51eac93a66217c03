import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotationText } from '../annotation.js';

/** Which plugin a crashed plugin process was running. */
export const pluginProcessRule: ProcessingRule = {
  id: 'rules/plugin-process',
  title: 'Plugin of a plugin process',
  version: 1,
  reads: ['process_type'],
  writes: ['plugin_filename', 'plugin_name', 'plugin_version'],
  applies: ({ processed }) => processed['process_type'] === 'plugin',
  apply: ({ raw }) => ({
    patch: {
      plugin_filename: annotationText(raw, 'PluginFilename'),
      plugin_name: annotationText(raw, 'PluginName'),
      plugin_version: annotationText(raw, 'PluginVersion'),
    },
  }),
};
