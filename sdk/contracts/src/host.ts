import type { PanelManifest } from './manifest.js';
import type { PluginState } from './plugin.js';
import type { JsonValue } from './raw-crash.js';
import { token } from './token.js';
import type { Bytes, Milliseconds, UnixMillis } from './units.js';

/** What a plugin may know of the process it runs in. */
export interface ServerInfo {
  version: string;
  startedAt: UnixMillis;
  /** Unique per process start. */
  nodeId: string;
  host: string;
  roles: ReadonlySet<string>;
  dataFolder: string;
  /** Other processes may run on the same data folder (`bus.url` is set): what must be done once needs a lease. */
  sharesFolder: boolean;
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
  /** What `RuleSettings` of the plugin say now; null without any. */
  settings?: JsonValue;
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

/** Data of `node.heartbeat`, from every server process every 5 seconds. */
export interface NodeHeartbeat {
  node: string;
  host: string;
  pid: number;
  version: string;
  roles: string[];
  at: UnixMillis;
  uptime: Milliseconds;
  /** Share of one processor that the process used since its last heartbeat; 2 is two of them. */
  cpu: number;
  /** Resident memory, with LMDB's mapped pages. */
  rss: Bytes;
  /** Longest that the event loop kept others waiting since the last heartbeat. */
  eventLoopLag: Milliseconds;
  plugins: { id: string; state: PluginState['state']; code?: string }[];
  /** The lanes as the bus tells; absent while it does not answer. */
  queues?: { subject: string; depth: number; oldest: Milliseconds | null }[];
  /**
   * A fingerprint of the settings it runs with, by section: processes that should run with the same ones are compared.
   * Without sections that rightly differ (`server`, `log`); a secret counts only by whether it is set.
   */
  settings?: Readonly<Record<string, string>>;
}
