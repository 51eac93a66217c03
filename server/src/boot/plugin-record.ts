import { asFaultlineError, type PluginDefinition, type PluginManifest, type PluginState } from '@faultline/sdk';
import type { Setting } from '../config/configuration.js';
import type { PluginSource } from '../plugins/plugin-source.js';

/** One plugin on its way through the boot. */
export interface PluginRecord {
  source: PluginSource;
  /** Null until the manifest is valid. */
  manifest: PluginManifest | null;
  definition: PluginDefinition | null;
  /** Parsed by its schema, frozen. */
  config: unknown;
  settings: Setting[];
  /** Nothing more happens to it in this boot. */
  isSettled: boolean;
  state: PluginState;
}

/** A plugin whose manifest is known and that has not failed. */
export type ValidPlugin = PluginRecord & { manifest: PluginManifest };

export function newRecord(source: PluginSource): PluginRecord {
  const state: PluginState = {
    id: source.location,
    displayName: source.location,
    version: '',
    location: source.location,
    state: 'skipped',
    phase: 'discover',
    duration: 0,
    contributes: {},
  };
  return { source, manifest: null, definition: null, config: undefined, settings: [], isSettled: false, state };
}

/** Ends a plugin's boot with an error; `skipped` when the fault is another's. */
export function fail(record: PluginRecord, error: unknown, state: 'failed' | 'skipped' = 'failed'): void {
  const { code, message, hint } = asFaultlineError(error, 'PLUGIN_FAILED');
  record.isSettled = true;
  record.state.state = state;
  record.state.error = { code, message, hint: hint ?? 'The log has the details.' };
}

/** Still on its way: neither disabled, skipped nor failed. */
export function isPending(record: PluginRecord): record is ValidPlugin {
  return record.manifest !== null && !record.isSettled;
}

/** Back to before its configuration was read. */
export function reset(record: ValidPlugin): void {
  record.isSettled = false;
  record.state.state = 'skipped';
  delete record.state.error;
}
