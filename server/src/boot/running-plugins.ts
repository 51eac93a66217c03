import {
  asFaultlineError,
  FaultlineError,
  isFaultlineError,
  type ContributionList,
  type ContributionPoint,
  type PluginState,
  type Token,
} from '@faultline/sdk';
import type { HostPluginCatalog } from '../services/plugin-catalog.js';
import type { BootOptions } from './boot-options.js';
import type { Configuration } from '../config/configuration.js';
import { requirementFailed } from './dependency-order.js';
import { parseConfigs } from './parse-configs.js';
import { fail, reset, type PluginRecord, type ValidPlugin } from './plugin-record.js';
import { PluginScope } from './plugin-scope.js';

/** The plugins of a host, from their activation to their stop. */
export class RunningPlugins {
  readonly #scopes: PluginScope[] = [];
  #stopping: Promise<FaultlineError[]> | null = null;
  #reloading: Promise<void> | null = null;

  constructor(
    readonly records: readonly PluginRecord[],
    private readonly catalog: HostPluginCatalog,
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

  /**
   * Stops one plugin and starts it anew from its files, with a configuration if one is given. Throws `Conflict PLUGIN_NOT_RELOADABLE` for one that provides
   * services, for others hold what it gave them.
   */
  async reload(record: ValidPlugin, configuration = this.options.configuration): Promise<void> {
    const before = this.#reloading ?? Promise.resolve();
    const mine = before.then(() => this.#reloadNow(record, configuration));
    const settled = mine
      .catch(() => undefined)
      .finally(() => {
        if (this.#reloading === settled) this.#reloading = null;
      });
    this.#reloading = settled;
    await mine;
  }

  /** While a plugin is started anew: resolves when it is there again. A request that came meanwhile waits for it. */
  reloading(): Promise<void> | null {
    return this.#reloading;
  }

  async #reloadNow(record: ValidPlugin, configuration: Configuration): Promise<void> {
    if (record.manifest.provides.length > 0) {
      throw new FaultlineError(
        'Conflict',
        'PLUGIN_NOT_RELOADABLE',
        `${record.manifest.id} provides services to others.`,
        {
          hint: 'Start the server again to take up its changes.',
        },
      );
    }
    const index = this.#scopes.findIndex((scope) => scope.id === record.manifest.id);
    await this.#scopes.splice(index, index < 0 ? 0 : 1)[0]?.stop(this.options.deactivateLimit ?? 5000);
    reset(record);
    record.source.refresh();
    await parseConfigs([record], configuration);
    await this.activate(record);
    await this.begin();
    this.catalog.changed();
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

  /** Stops all, last activated first; returns what went wrong. A second call waits for the first. */
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
export function stopIfVital(records: readonly PluginRecord[]): void {
  for (const { manifest, state } of records) {
    if (manifest?.onFailure !== 'stop' || state.error === undefined || state.state === 'active') continue;
    const { code, message, hint } = state.error;
    throw new FaultlineError('Unavailable', code, message, { hint, details: { plugin: manifest.id } });
  }
}
