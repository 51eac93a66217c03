import type { PanelManifest } from './manifest.js';
import type { PluginState } from './plugin.js';
import { token } from './token.js';
import type { UnixMillis } from './units.js';

/** What a plugin may know of the process it runs in. */
export interface ServerInfo {
  version: string;
  startedAt: UnixMillis;
  /** Unique per process start. */
  nodeId: string;
  host: string;
  roles: ReadonlySet<string>;
  dataFolder: string;
  /** Address for people and crash reporters, without a slash at its end; known once the server listens. */
  publicUrl(): string;
}
export const ServerInfo = token<ServerInfo>('core.serverInfo');

/** A module with processing rules, to be imported in the rules' worker. */
export interface RuleModuleReference {
  plugin: string;
  /** `file:` URL. */
  module: string;
  /** The plugin's parsed configuration; plain data. */
  config: unknown;
  /** Ids declared in its manifest. */
  rules: string[];
}

/** The plugins of this process, read from their manifests. */
export interface PluginCatalog {
  states(): readonly PluginState[];
  /** Of active plugins. */
  ruleModules(): readonly RuleModuleReference[];
  /** Of active plugins; `module` is a path below the plugin's `ui` folder. */
  panels(): readonly (PanelManifest & { plugin: string })[];
  /** URLs of modules that a new thread or child must import before plugin code (module resolution hooks). */
  preloads(): readonly string[];
  /** Called when plugins were reloaded (`serve --dev`). */
  onChange(listener: () => void): () => void;
}
export const PluginCatalog = token<PluginCatalog>('core.pluginCatalog');
