import type { Milliseconds, Token } from '@faultline/sdk';
import type { Configuration } from '../config/configuration.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import type { SharedParts } from './plugin-scope.js';

/** What a boot is given. */
export interface BootOptions extends SharedParts {
  sources: readonly PluginSource[];
  configuration: Configuration;
  disabled: ReadonlySet<string>;
  /** For short-lived commands: only the providers of these services and what they require, whatever their roles. */
  only?: readonly Token<unknown>[];
  /** Modules that a new thread must import before plugin code. */
  preloads: readonly string[];
  activateLimit?: Milliseconds;
  deactivateLimit?: Milliseconds;
}
