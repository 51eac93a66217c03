import type { ZodType } from 'zod';
import type { ContributionList, ContributionPoint, Disposer } from './contribution.js';
import type { Logger } from './logger.js';
import type { Token } from './token.js';
import type { MaybePromise, Milliseconds } from './units.js';

type Constructor<T> = new (...parameters: never[]) => T;

/** What a plugin gets when it is activated. Everything made through it is undone when the plugin stops. */
export interface PluginContext<Config = unknown> {
  readonly id: string;
  /** Parsed by the plugin's schema, frozen. */
  readonly config: Config;
  readonly logger: Logger;
  /** Aborted when the plugin is to stop. */
  readonly signal: AbortSignal;
  /** Folders of its own: `data` is kept, `cache` may be emptied at any time. Made on first use of the getter. */
  readonly paths: { readonly data: string; readonly cache: string; readonly root: string };
  /** Roles of this process. */
  readonly roles: ReadonlySet<string>;
  /**
   * A service by its token, or an own class built by constructor injection. Throws `Unavailable SERVICE_MISSING`.
   */
  resolve<T>(service: Token<T> | Constructor<T>): T;
  /** Provides a service; its token must stand in the manifest's `provides`. */
  provide<T>(service: Token<T>, implementation: T): void;
  /** Adds to a point that the manifest lists; the disposer is also called at stop. */
  contribute<T extends { id: string }>(point: ContributionPoint<T>, value: T): Disposer;
  /** What everybody has contributed to a point. */
  contributions<T>(point: ContributionPoint<T>): ContributionList<T>;
  /**
   * Called once, when every plugin of the process has been activated and before the server takes requests, in order
   * of activation. Work that needs what others contribute (walkers, rules, sinks) begins here, never in `activate`.
   * A throw fails the plugin.
   */
  onReady(begin: () => MaybePromise<void>): void;
  /** Called at stop, last in first out. */
  onStop(undo: () => MaybePromise<void>): void;
}

export interface PluginDefinition<Config = unknown> {
  /** Schema of its section of the configuration; `.describe()` on each key is its documentation. */
  config?: ZodType<Config>;
  activate(context: PluginContext<Config>): MaybePromise<void>;
  /** Called before the undo functions; has 5 seconds. */
  deactivate?(): MaybePromise<void>;
}

/** Default export of a plugin's entry module. */
export function definePlugin<Config>(definition: PluginDefinition<Config>): PluginDefinition<Config> {
  return definition;
}

export const pluginPhases = ['discover', 'validate', 'order', 'config', 'activate', 'ready'] as const;

/** How a plugin came out of the boot. */
export interface PluginState {
  id: string;
  displayName: string;
  version: string;
  /** Folder it was loaded from. */
  location: string;
  state: 'active' | 'disabled' | 'skipped' | 'failed';
  phase: (typeof pluginPhases)[number];
  error?: { code: string; message: string; hint: string };
  duration: Milliseconds;
  /** Ids of what it contributes, by point. */
  contributes: Record<string, string[]>;
}
