import {
  asFaultlineError,
  FaultlineError,
  isFaultlineError,
  PluginCatalog,
  tokenId,
  type ContributionList,
  type ContributionPoint,
  type Logger,
  type Milliseconds,
  type PluginDefinition,
  type PluginState,
  type Token,
} from '@faultline/sdk';
import type { Configuration } from '../config/configuration.js';
import type { PluginSource } from '../plugins/plugin-source.js';
import { HostPluginCatalog } from '../services/plugin-catalog.js';
import { orderByDependency, requirementFailed } from './dependency-order.js';
import { fail, isPending, newRecord, type PluginRecord, type ValidPlugin } from './plugin-record.js';
import { PluginScope, type SharedParts } from './plugin-scope.js';
import { probeBinaries } from './probe-binaries.js';
import { validateManifests } from './validate-manifests.js';

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

/** The running plugins. */
export interface BootedPlugins {
  records: readonly PluginRecord[];
  states(): readonly PluginState[];
  resolve<T>(service: Token<T>): T;
  contributions<T>(point: ContributionPoint<T>): ContributionList<T>;
  /** Stops all, last activated first; returns what went wrong. A second call waits for the first. */
  stop(): Promise<FaultlineError[]>;
}

/**
 * The phases of a boot. Every plugin ends in a state; one that fails stops nothing but itself and what requires it,
 * unless its manifest says `onFailure: "stop"`: then all are stopped and its error is thrown.
 */
export async function boot(options: BootOptions): Promise<BootedPlugins> {
  const records = options.sources.map(newRecord);
  const booted = new Booted(records, options);
  options.services.provide(PluginCatalog, new HostPluginCatalog(records, options.preloads), 'host');
  try {
    const ordered = await prepare(records, options);
    stopIfVital(records);
    for (const record of ordered) await booted.activate(record);
    await booted.begin();
  } catch (error) {
    await booted.stop();
    throw error;
  }
  for (const record of records) logState(options.logger, record);
  return booted;
}

/** The phases before anything is activated. */
async function prepare(records: readonly PluginRecord[], options: BootOptions): Promise<ValidPlugin[]> {
  await validateManifests(records);
  leaveOut(records, options);
  await probeBinaries(records);
  const ordered = orderByDependency(records, coreServices(records, options));
  await parseConfigs(keepWanted(ordered, options.only), options);
  return ordered;
}

/** How the plugins would come through a boot, up to their configuration; nothing of them is activated. */
export async function inspectPlugins(options: BootOptions): Promise<readonly PluginRecord[]> {
  const records = options.sources.map(newRecord);
  await prepare(records, options);
  return records;
}

class Booted implements BootedPlugins {
  readonly #scopes: PluginScope[] = [];
  #stopping: Promise<FaultlineError[]> | null = null;

  constructor(
    readonly records: readonly PluginRecord[],
    private readonly options: BootOptions,
  ) {}

  states(): readonly PluginState[] {
    return this.records.map((record) => record.state);
  }

  resolve<T>(service: Token<T>): T {
    return this.options.services.get(service);
  }

  contributions<T>(point: ContributionPoint<T>): ContributionList<T> {
    return this.options.registries.of(point);
  }

  async activate(record: ValidPlugin): Promise<void> {
    if (record.isSettled) return;
    record.state.phase = 'activate';
    const culprit = this.#failedRequirement(record);
    if (culprit !== null) fail(record, requirementFailed(record, culprit), 'skipped');
    else await this.#run(record);
    stopIfVital([record]);
  }

  /** Tells every active plugin, in order of activation, that all are there. One that fails then is stopped. */
  async begin(): Promise<void> {
    for (const scope of [...this.#scopes]) {
      const record = this.records.find((each) => each.state.id === scope.id) as ValidPlugin;
      try {
        await scope.begin(this.options.activateLimit ?? 30_000);
      } catch (error) {
        this.#scopes.splice(this.#scopes.indexOf(scope), 1);
        await scope.stop(this.options.deactivateLimit ?? 5000);
        fail(record, activationError(record, error));
        stopIfVital([record]);
      }
    }
  }

  stop(): Promise<FaultlineError[]> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<FaultlineError[]> {
    const problems: FaultlineError[] = [];
    for (let scope = this.#scopes.pop(); scope !== undefined; scope = this.#scopes.pop()) {
      problems.push(...(await scope.stop(this.options.deactivateLimit ?? 5000)));
    }
    return problems;
  }

  async #run(record: ValidPlugin): Promise<void> {
    record.isSettled = true;
    const started = performance.now();
    const { definition, manifest, config, source } = record;
    if (definition !== null) {
      const scope = new PluginScope({ manifest, definition, config, location: source.location }, this.options);
      try {
        await scope.activate(this.options.activateLimit ?? 30_000);
        this.#scopes.push(scope);
        this.#reportMissing(record, scope);
      } catch (error) {
        await scope.stop(this.options.deactivateLimit ?? 5000);
        fail(record, activationError(record, error));
        this.options.logger.debug({ plugin: manifest.id, err: error }, 'did not activate');
      }
    }
    record.state.duration = Math.round(performance.now() - started);
    if (record.state.state === 'failed') return;
    record.state.state = 'active';
    record.state.phase = 'ready';
  }

  /** A process with fewer roles may rightly add less, so only one with all of them is held to its manifests. */
  #reportMissing(record: ValidPlugin, scope: PluginScope): void {
    if (this.options.roles.size < 4) return;
    const missing = scope.missingContributions();
    if (missing.length === 0) return;
    record.state.error = {
      code: 'CONTRIBUTION_MISSING',
      message: `${record.manifest.id} lists ${missing.join(', ')} in its manifest, but did not add ${missing.length > 1 ? 'them' : 'it'}.`,
      hint: 'Add what is listed in `activate`, or take it out of the manifest.',
    };
  }

  /** A requirement that was in order, but did not come up. */
  #failedRequirement(record: ValidPlugin): ValidPlugin | null {
    const { plugins, services } = record.manifest.requires;
    for (const other of this.records) {
      if (other.manifest === null || other === record || other.state.state === 'active') continue;
      const isRequired =
        plugins.includes(other.manifest.id) || other.manifest.provides.some((id) => services.includes(id));
      const stands = services.every((id) => !other.manifest?.provides.includes(id) || this.#isProvided(id));
      if (isRequired && (plugins.includes(other.manifest.id) || !stands)) return other as ValidPlugin;
    }
    return null;
  }

  #isProvided(service: string): boolean {
    return this.options.services.has(Symbol.for(`faultline.service:${service}`));
  }
}

/** Plugins that are disabled, or have no part in this process's roles. */
function leaveOut(records: readonly PluginRecord[], { disabled, roles, only }: BootOptions): void {
  for (const record of records.filter(isPending)) {
    const { id, roles: own } = record.manifest;
    if (disabled.has(id)) {
      record.state.state = 'disabled';
      record.isSettled = true;
    } else if (only === undefined && own !== undefined && !own.some((role) => roles.has(role))) {
      record.isSettled = true;
    }
  }
}

/** Of services that the host (or a test) has provided before any plugin. */
function coreServices(records: readonly PluginRecord[], { services }: BootOptions): Set<string> {
  const named = records.flatMap((record) => record.manifest?.requires.services ?? []);
  return new Set(named.filter((id) => services.has(Symbol.for(`faultline.service:${id}`))));
}

/** Settles all but the providers of the wanted services and what they require. */
function keepWanted(ordered: readonly ValidPlugin[], only: BootOptions['only']): readonly ValidPlugin[] {
  if (only === undefined) return ordered;
  const wantedServices = new Set(only.map(tokenId));
  const wantedPlugins = new Set<string>();
  for (const record of [...ordered].reverse()) {
    const { id, provides, requires } = record.manifest;
    if (!wantedPlugins.has(id) && !provides.some((service) => wantedServices.has(service))) {
      record.isSettled = true;
      continue;
    }
    for (const plugin of requires.plugins) wantedPlugins.add(plugin);
    for (const service of requires.services) wantedServices.add(service);
  }
  return ordered.filter((record) => !record.isSettled);
}

/** Imports the entry modules, for the schema of a section stands there, and parses each section. */
async function parseConfigs(ordered: readonly ValidPlugin[], { configuration }: BootOptions): Promise<void> {
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

function activationError(record: ValidPlugin, error: unknown): FaultlineError {
  if (isFaultlineError(error)) return error;
  const reason = asFaultlineError(error).message;
  return new FaultlineError(
    'Internal',
    'PLUGIN_ACTIVATE_FAILED',
    `${record.manifest.id} failed to activate: ${reason}`,
    {
      hint: `This is a fault in ${record.source.location}; disable the plugin with \`disabled: [${record.manifest.id}]\` to go without it.`,
      cause: error,
    },
  );
}

/** Throws for the first failed plugin that the server can't live without. */
function stopIfVital(records: readonly PluginRecord[]): void {
  for (const { manifest, state } of records) {
    if (manifest?.onFailure !== 'stop' || state.error === undefined || state.state === 'active') continue;
    const { code, message, hint } = state.error;
    throw new FaultlineError('Unavailable', code, message, { hint, details: { plugin: manifest.id } });
  }
}

function logState(logger: Logger, { state }: PluginRecord): void {
  const facts = { plugin: state.id, state: state.state, phase: state.phase, duration: state.duration, ...state.error };
  if (state.state === 'failed')
    logger.error({ ...facts }, `${state.error?.message ?? 'failed'} ${state.error?.hint ?? ''}`);
  else if (state.error !== undefined) logger.warn({ ...facts }, `${state.error.message} ${state.error.hint}`);
  else logger.debug(facts, `plugin ${state.state}`);
}
