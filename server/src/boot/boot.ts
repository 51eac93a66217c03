import { PluginCatalog, tokenId, type Logger } from '@faultline/sdk';
import { HostPluginCatalog } from '../services/plugin-catalog.js';
import type { BootOptions } from './boot-options.js';
import { orderByDependency } from './dependency-order.js';
import { parseConfigs } from './parse-configs.js';
import { isPending, newRecord, type PluginRecord, type ValidPlugin } from './plugin-record.js';
import { probeBinaries } from './probe-binaries.js';
import { RunningPlugins, stopIfVital } from './running-plugins.js';
import { validateManifests } from './validate-manifests.js';

/**
 * The phases of a boot. Every plugin ends in a state; one that fails stops nothing but itself and what requires it,
 * unless its manifest says `onFailure: "stop"`: then all are stopped and its error is thrown.
 */
export async function boot(options: BootOptions): Promise<RunningPlugins> {
  const records = options.sources.map(newRecord);
  const catalog = new HostPluginCatalog(records, options.preloads);
  options.services.provide(PluginCatalog, catalog, 'host');
  const running = new RunningPlugins(records, catalog, options);
  try {
    const ordered = await prepare(records, options);
    stopIfVital(records);
    for (const record of ordered) await running.activate(record);
    await running.begin();
  } catch (error) {
    await running.stop();
    throw error;
  }
  for (const record of records) logState(options.logger, record);
  return running;
}

/** The phases before anything is activated. */
async function prepare(records: readonly PluginRecord[], options: BootOptions): Promise<ValidPlugin[]> {
  await validateManifests(records);
  leaveOut(records, options);
  await probeBinaries(records);
  const ordered = orderByDependency(records, coreServices(records, options));
  const kept = keepWanted(ordered, options.only);
  // A command that asks for the catalog wants to know what all of them would add.
  const isAskedFor = options.only?.includes(PluginCatalog) === true;
  await parseConfigs(isAskedFor ? ordered : kept, options.configuration);
  return ordered;
}

/** How the plugins would come through a boot, up to their configuration; nothing of them is activated. */
export async function inspectPlugins(options: BootOptions): Promise<readonly PluginRecord[]> {
  const records = options.sources.map(newRecord);
  await prepare(records, options);
  return records;
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

/** Settles all but the providers of the wanted services, and what they require and work with. */
function keepWanted(ordered: readonly ValidPlugin[], only: BootOptions['only']): readonly ValidPlugin[] {
  if (only === undefined) return ordered;
  const services = new Set(only.map(tokenId));
  const plugins = new Set<string>();
  const points = new Set<string>();
  const isWanted = ({ manifest: { id, provides, contributes } }: ValidPlugin): boolean =>
    plugins.has(id) ||
    provides.some((service) => services.has(service)) ||
    Object.entries(contributes).some(([point, list]) => points.has(point) && list.length > 0);
  const kept = new Set<ValidPlugin>();
  // One that is kept may want more, before or behind it in the order.
  for (let size = -1; size < kept.size;) {
    size = kept.size;
    for (const record of ordered.filter((one) => !kept.has(one) && isWanted(one))) {
      kept.add(record);
      const { requires } = record.manifest;
      for (const plugin of requires.plugins) plugins.add(plugin);
      for (const service of requires.services) services.add(service);
      for (const point of requires.contributions) points.add(point);
    }
  }
  for (const record of ordered) if (!kept.has(record)) record.isSettled = true;
  return ordered.filter((record) => kept.has(record));
}

function logState(logger: Logger, { state }: PluginRecord): void {
  const facts = { plugin: state.id, state: state.state, phase: state.phase, duration: state.duration, ...state.error };
  if (state.state === 'failed')
    logger.error({ ...facts }, `${state.error?.message ?? 'failed'} ${state.error?.hint ?? ''}`);
  else if (state.error !== undefined) logger.warn({ ...facts }, `${state.error.message} ${state.error.hint}`);
  else logger.debug(facts, `plugin ${state.state}`);
}
