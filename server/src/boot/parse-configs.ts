import { FaultlineError, type PluginDefinition } from '@faultline/sdk';
import type { Configuration } from '../config/configuration.js';
import { contributedIds } from './contributed-ids.js';
import { fail, type ValidPlugin } from './plugin-record.js';

/** Imports the entry modules, for the schema of a section stands there, and parses each section. */
export async function parseConfigs(ordered: readonly ValidPlugin[], configuration: Configuration): Promise<void> {
  for (const record of ordered) {
    record.state.phase = 'config';
    const { id, entry } = record.manifest;
    try {
      record.definition = entry === undefined ? null : await importDefinition(record, entry);
      const schema = record.definition?.config;
      if (schema === undefined) {
        record.config = configuration.rawSection(id);
      } else {
        const section = configuration.section(id, schema);
        record.config = section.value;
        record.settings = section.settings;
        record.state.contributes = contributedIds(record.manifest, section.value);
      }
    } catch (error) {
      fail(record, error);
    }
  }
}

async function importDefinition(record: ValidPlugin, entry: string): Promise<PluginDefinition> {
  let definition: unknown;
  try {
    definition = await record.source.importEntry(entry);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FaultlineError(
      'Malformed',
      'PLUGIN_IMPORT_FAILED',
      `${record.manifest.id}: ${entry} can't be imported: ${reason}.`,
      {
        hint: `Build the plugin, or correct \`entry\` in ${record.source.location}/package.json.`,
        cause: error,
      },
    );
  }
  if (typeof definition === 'object' && definition !== null && 'activate' in definition) {
    return definition as PluginDefinition;
  }
  throw new FaultlineError(
    'Malformed',
    'PLUGIN_NO_DEFINITION',
    `${record.manifest.id}: ${entry} has no default export of a plugin.`,
    {
      hint: 'It should say `export default definePlugin({ activate(context) { ... } })`.',
    },
  );
}
