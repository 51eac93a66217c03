import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import { folderOptions, UsageError, type CliContext, type FolderOptions } from '@faultline/sdk/cli-command';
import { readConfigFile, type ConfigFile } from '../config/config-file.js';
import { Configuration, type Setting } from '../config/configuration.js';
import { BusConfig } from '../bus/nats/bus-config.js';
import { AccessConfig, DisabledPlugins, LogConfig, PluginFolders, ServerConfig } from '../config/core-config.js';
import { discoverPlugins } from '../plugins/discover.js';
import type { PluginSource } from '../plugins/plugin-source.js';

/** Options of the host's own commands on a data folder: also where its server listens. */
export const programOptions = { ...folderOptions, host: { type: 'string' }, port: { type: 'string' } } as const;

export interface ProgramOptions extends FolderOptions {
  host?: string | undefined;
  port?: string | undefined;
}

/** What a program run on a data folder knows before any plugin runs. */
export interface ProgramConfig {
  dataFolder: string;
  configFile: string;
  configuration: Configuration;
  server: ServerConfig;
  access: AccessConfig;
  log: LogConfig;
  bus: BusConfig;
  disabled: ReadonlySet<string>;
  sources: PluginSource[];
  /** Of the host's own sections. */
  settings: Setting[];
}

export function dataFolderOf(options: FolderOptions, { env, cwd }: Pick<CliContext, 'env' | 'cwd'>): string {
  return path.resolve(cwd, options.data ?? env['FAULTLINE_DATA'] ?? 'data');
}

export function configFileOf(options: FolderOptions, context: Pick<CliContext, 'env' | 'cwd'>): string {
  const inFolder = path.join(dataFolderOf(options, context), 'faultline.yaml');
  return options.config === undefined ? inFolder : path.resolve(context.cwd, options.config);
}

/** Reads and checks the host's own sections, and finds the plugins. */
export async function loadProgramConfig(
  options: ProgramOptions,
  context: Pick<CliContext, 'env' | 'cwd'>,
): Promise<ProgramConfig> {
  const configFile = configFileOf(options, context);
  const file = await readConfigFile(configFile);
  if (file === null && options.config !== undefined) {
    throw new FaultlineError('NotFound', 'CONFIG_MISSING', `There is no configuration at ${configFile}.`, {
      hint: 'Correct --config, or leave it out.',
    });
  }
  const configuration = startingConfiguration(file, options, context);
  return programConfigOf(configuration, { dataFolder: dataFolderOf(options, context), configFile });
}

/** A file under the environment and the command line of a program. */
export function startingConfiguration(
  file: ConfigFile | null,
  options: ProgramOptions,
  { env }: Pick<CliContext, 'env'>,
): Configuration {
  return new Configuration({ file, environment: env, overrides: overridesOf(options) });
}

/** Checks the host's own sections of a configuration, and finds the plugins that it names. */
export async function programConfigOf(
  configuration: Configuration,
  { dataFolder, configFile }: Pick<ProgramConfig, 'dataFolder' | 'configFile'>,
): Promise<ProgramConfig> {
  const server = configuration.section('server', ServerConfig);
  const access = configuration.section('access', AccessConfig);
  const log = configuration.section('log', LogConfig);
  const bus = configuration.section('bus', BusConfig);
  const plugins = configuration.section('plugins', PluginFolders);
  const disabled = configuration.section('disabled', DisabledPlugins);
  return {
    dataFolder,
    configFile,
    configuration,
    server: server.value,
    access: access.value,
    log: log.value,
    bus: bus.value,
    disabled: new Set(disabled.value),
    sources: await discoverPlugins(plugins.value, path.dirname(configFile)),
    settings: [server, access, log, bus, plugins, disabled].flatMap((section) => section.settings),
  };
}

/** Throws `Malformed CONFIG_UNKNOWN_SECTION` when the file has a section that no plugin owns. */
export function requireKnownSections(configuration: Configuration, pluginIds: Iterable<string>): void {
  const [unknown] = configuration.unknownSections(pluginIds);
  if (unknown === undefined) return;
  throw new FaultlineError('Malformed', 'CONFIG_UNKNOWN_SECTION', unknown.message, {
    hint: 'Correct its name, or take the section out; `faultline plugins` lists the plugins.',
  });
}

function overridesOf(options: ProgramOptions): { name: string; text: string; option: string }[] {
  const overrides = (options.set ?? []).map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--set wants KEY=VALUE, not "${pair}"`);
    return { name: pair.slice(0, equals), text: pair.slice(equals + 1), option: '--set' };
  });
  if (options.host !== undefined) overrides.push({ name: 'server.host', text: options.host, option: '--host' });
  if (options.port !== undefined) overrides.push({ name: 'server.port', text: options.port, option: '--port' });
  return overrides;
}
