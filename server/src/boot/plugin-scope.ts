import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  asFaultlineError,
  FaultlineError,
  tokenId,
  type Contributed,
  type ContributionPoint,
  type Disposer,
  type Logger,
  type MaybePromise,
  type Milliseconds,
  type PluginContext,
  type PluginDefinition,
  type PluginManifest,
  type Token,
} from '@faultline/sdk';
import type { DependencyContainer } from '@faultline/sdk/injection';
import { suggestion } from '../config/suggestion.js';
import type { ContributionRegistries } from '../services/contribution-registry.js';
import type { ServiceTable } from '../services/service-table.js';
import { withinTime } from './time-limit.js';

/** What all plugins of a host share. */
export interface SharedParts {
  services: ServiceTable;
  registries: ContributionRegistries;
  roles: ReadonlySet<string>;
  dataFolder: string;
  logger: Logger;
  /** Looks at a contribution before it is added; throws when it can't stand. */
  inspect(plugin: PluginManifest, point: string, value: Contributed): void;
}

/** Points whose facts stand in the manifest alone; nothing is contributed to them at run time. */
const staticPoints = new Set(['CliCommand', 'UiPanel', 'ProcessingRule']);

/** One activated plugin: its context, and everything to undo when it stops. */
export class PluginScope {
  readonly #stop = new AbortController();
  readonly #undo: (() => MaybePromise<void>)[] = [];
  readonly #begin: (() => MaybePromise<void>)[] = [];
  readonly #arrived = new Set<string>();
  readonly #container: DependencyContainer;
  readonly #logger: Logger;

  constructor(
    private readonly plugin: {
      manifest: PluginManifest;
      definition: PluginDefinition;
      config: unknown;
      location: string;
    },
    private readonly shared: SharedParts,
  ) {
    this.#container = shared.services.container.createChildContainer();
    this.#logger = shared.logger.child({ plugin: plugin.manifest.id });
  }

  get id(): string {
    return this.plugin.manifest.id;
  }

  /** Throws what the plugin throws; what it had done until then is undone by `stop`. */
  async activate(limit: Milliseconds): Promise<void> {
    const result = await withinTime(limit, () => this.plugin.definition.activate(this.#context()));
    if (!result.expired) return;
    throw new FaultlineError('Timeout', 'PLUGIN_ACTIVATE_TIMEOUT', `${this.id} did not activate within ${limit} ms.`, {
      hint: 'Something it waits for never came; its last log lines tell what. Long work belongs behind activation.',
    });
  }

  /** Begins what waited for the other plugins. Throws what the plugin throws. */
  async begin(limit: Milliseconds): Promise<void> {
    for (const begin of this.#begin.splice(0)) {
      const result = await withinTime(limit, begin);
      if (!result.expired) continue;
      throw new FaultlineError('Timeout', 'PLUGIN_READY_TIMEOUT', `${this.id} was not ready within ${limit} ms.`, {
        hint: 'Something it waits for never came; its last log lines tell what. Long work belongs behind `onReady`.',
      });
    }
  }

  /** What the manifest declares and `activate` did not add, as `Point id`. */
  missingContributions(): string[] {
    return Object.entries(this.plugin.manifest.contributes)
      .filter(([point]) => !staticPoints.has(point))
      .flatMap(([point, list]) => list.filter(isAlways).map((one) => ({ point, id: one.id })))
      .filter(({ point, id }) => !id.endsWith('*') && !this.#arrived.has(`${point} ${id}`))
      .map(({ point, id }) => `${point} "${id}"`);
  }

  /** Aborts the signal, deactivates, then undoes everything, last in first out. Never throws; returns what went wrong. */
  async stop(limit: Milliseconds): Promise<FaultlineError[]> {
    const problems: FaultlineError[] = [];
    this.#stop.abort(new FaultlineError('Unavailable', 'SERVER_STOPPING', 'The server is stopping.'));
    const { definition } = this.plugin;
    if (definition.deactivate !== undefined) {
      await this.#attempt('deactivate', limit, () => definition.deactivate?.(), problems);
    }
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      await this.#attempt('stop', limit, undo, problems);
    }
    await this.#attempt('stop', limit, () => this.#container.dispose(), problems);
    for (const problem of problems) this.#logger.error({ code: problem.code, err: problem }, problem.message);
    return problems;
  }

  async #attempt(
    what: 'deactivate' | 'stop',
    limit: Milliseconds,
    work: () => MaybePromise<void>,
    problems: FaultlineError[],
  ): Promise<void> {
    try {
      const result = await withinTime(limit, work);
      if (result.expired) problems.push(hangs(this.id, what, limit));
    } catch (error) {
      problems.push(asFaultlineError(error, 'PLUGIN_STOP_FAILED'));
    }
  }

  #context(): PluginContext {
    const { manifest, config, location } = this.plugin;
    const { services, registries, roles, dataFolder } = this.shared;
    return {
      id: manifest.id,
      config,
      logger: this.#logger,
      signal: this.#stop.signal,
      paths: folders(manifest.id, location, dataFolder),
      roles,
      resolve: (wanted) => services.resolve(wanted, this.#container),
      provide: (service, implementation) => this.#provide(service, implementation),
      contribute: (point, value) => this.#contribute(point, value),
      contributions: (point) => registries.of(point),
      onReady: (begin) => void this.#begin.push(begin),
      onStop: (undo) => void this.#undo.push(undo),
    };
  }

  #provide<T>(service: Token<T>, implementation: T): void {
    const name = tokenId(service);
    if (!this.plugin.manifest.provides.includes(name)) {
      throw new FaultlineError(
        'Conflict',
        'SERVICE_UNDECLARED',
        `${this.id} provides ${name}, but its manifest does not say so.`,
        {
          hint: `Add "${name}" to \`provides\` in ${this.plugin.location}/package.json.`,
        },
      );
    }
    this.#undo.push(this.shared.services.provide(service, implementation, this.id));
  }

  #contribute<T extends Contributed>(point: ContributionPoint<T>, value: T): Disposer {
    const { manifest, location } = this.plugin;
    const lists: Readonly<Record<string, readonly { id: string }[]>> = manifest.contributes;
    const declared = (lists[point.id] ?? []).map((one) => one.id);
    if (!declared.some((id) => covers(id, value.id))) {
      throw new FaultlineError(
        'Conflict',
        'CONTRIBUTION_UNDECLARED',
        `${this.id} adds ${point.id} "${value.id}", but its manifest does not list it.${suggestion(value.id, declared)}`,
        { hint: `Add {"id": "${value.id}"} to \`contributes.${point.id}\` in ${location}/package.json.` },
      );
    }
    this.shared.inspect(manifest, point.id, value);
    const remove = this.shared.registries.of(point).add(this.id, value);
    this.#arrived.add(`${point.id} ${value.id}`);
    this.#undo.push(remove);
    return remove;
  }
}

/** Whatever its configuration says. */
function isAlways(contribution: { id: string; when?: string | undefined }): boolean {
  return contribution.when === undefined;
}

/** A declared id may end in `*`, for points with many values such as fields: `"id": "*"`, `"id": "rules/*"`. */
function covers(declared: string, id: string): boolean {
  return declared.endsWith('*') ? id.startsWith(declared.slice(0, -1)) : declared === id;
}

function hangs(id: string, what: 'deactivate' | 'stop', limit: Milliseconds): FaultlineError {
  const code = what === 'deactivate' ? 'PLUGIN_DEACTIVATE_TIMEOUT' : 'PLUGIN_STOP_TIMEOUT';
  return new FaultlineError(
    'Timeout',
    code,
    `${id} did not ${what} within ${limit} ms; the server goes on without it.`,
    {
      hint: `Its \`${what === 'deactivate' ? 'deactivate' : 'onStop'}\` waits for something that does not end when its signal is aborted.`,
    },
  );
}

function folders(id: string, location: string, dataFolder: string): PluginContext['paths'] {
  const made = (folder: string): string => {
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  return {
    root: location,
    get data() {
      return made(path.join(dataFolder, 'plugins', id));
    },
    get cache() {
      return made(path.join(dataFolder, 'cache', id));
    },
  };
}
