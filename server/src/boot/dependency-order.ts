import { FaultlineError } from '@faultline/sdk/errors';
import { suggestion } from '../config/suggestion.js';
import { fail, isPending, type PluginRecord, type ValidPlugin } from './plugin-record.js';

/**
 * Plugins after what they require, else in the order they were found. A plugin whose requirement is not there, or is
 * part of a cycle, ends here; so do, as `skipped`, those that require it.
 * @param coreServices ids of the services that the host provides
 */
export function orderByDependency(records: readonly PluginRecord[], coreServices: ReadonlySet<string>): ValidPlugin[] {
  const pending = records.filter(isPending);
  for (const record of pending) record.state.phase = 'order';
  const graph = new Graph(records, pending, coreServices);
  const ordered: ValidPlugin[] = [];
  for (const record of pending) graph.visit(record, [], ordered);
  return ordered;
}

class Graph {
  readonly #visited = new Set<PluginRecord>();
  readonly #byId: Map<string, ValidPlugin>;
  readonly #providers: Map<string, ValidPlugin>;

  constructor(
    private readonly all: readonly PluginRecord[],
    pending: readonly ValidPlugin[],
    private readonly coreServices: ReadonlySet<string>,
  ) {
    this.#byId = new Map(pending.map((record) => [record.manifest.id, record]));
    this.#providers = new Map(
      // The first found wins, so that a second provider is the one that is refused.
      [...pending].reverse().flatMap((record) => record.manifest.provides.map((service) => [service, record] as const)),
    );
  }

  /** Depth first; `path` is how we came here. */
  visit(record: ValidPlugin, path: readonly ValidPlugin[], ordered: ValidPlugin[]): void {
    if (path.includes(record)) {
      failCycle([...path.slice(path.indexOf(record)), record]);
      return;
    }
    if (this.#visited.has(record)) return;
    for (const { name, plugin } of this.#requirements(record)) {
      if (plugin === undefined) {
        fail(record, this.#missing(record, name), 'skipped');
        break;
      }
      this.visit(plugin, [...path, record], ordered);
      if (record.isSettled) break;
      if (plugin.isSettled) {
        fail(record, requirementFailed(record, plugin), 'skipped');
        break;
      }
    }
    this.#visited.add(record);
    if (!record.isSettled) ordered.push(record);
  }

  #requirements({ manifest }: ValidPlugin): { name: string; plugin: ValidPlugin | undefined }[] {
    const services = manifest.requires.services.filter((service) => !this.coreServices.has(service));
    return [
      ...manifest.requires.plugins.map((name) => ({ name, plugin: this.#byId.get(name) })),
      ...services.map((name) => ({ name, plugin: this.#providers.get(name) })),
    ];
  }

  #missing(record: ValidPlugin, name: string): FaultlineError {
    const known = this.all.find((one) => one.state.id === name);
    const services = [...this.#providers.keys(), ...this.coreServices];
    const why =
      known !== undefined
        ? `which is ${known.state.error === undefined ? known.state.state : 'not usable'}`
        : `which nobody provides.${suggestion(name, [...this.#byId.keys(), ...services])}`;
    return new FaultlineError(
      'Unavailable',
      'PLUGIN_REQUIREMENT_MISSING',
      `${record.manifest.id} needs ${name}, ${why}${why.endsWith('?') || why.endsWith('.') ? '' : '.'}`,
      { hint: known?.state.error?.hint ?? `Add a plugin that provides ${name} to \`plugins:\`, or enable it.` },
    );
  }
}

/** Those before it on the way in are no part of the cycle: they fail as requiring one of its members. */
function failCycle(cycle: readonly ValidPlugin[]): void {
  const names = cycle.map((record) => record.manifest.id).join(' -> ');
  for (const record of cycle) {
    if (record.isSettled) continue;
    fail(
      record,
      new FaultlineError('Conflict', 'PLUGIN_CYCLE', `Plugins require each other in a circle: ${names}.`, {
        hint: 'Take one requirement out of the circle: provide the service by a third plugin, or resolve it when it is used.',
      }),
    );
  }
}

/** The fault is another plugin's. */
export function requirementFailed(record: ValidPlugin, culprit: ValidPlugin): FaultlineError {
  return new FaultlineError(
    'Unavailable',
    'PLUGIN_REQUIREMENT_FAILED',
    `${record.manifest.id} needs ${culprit.manifest.id}, which did not start.`,
    { hint: `See the error of ${culprit.manifest.id}.` },
  );
}
