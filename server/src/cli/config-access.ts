import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isFaultlineError, processRoles } from '@faultline/sdk';
import {
  ConfigurationApplied,
  ConfigurationHistory,
  ConfigurationReview,
  type ConfigurationChange,
} from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type ServerOptions,
} from '@faultline/sdk/cli-command';
import { EmbeddedBus } from '../bus/embedded-bus.js';
import { readConfigFile } from '../config/config-file.js';
import { Configurator, type ConfigActor } from '../configurator/configurator.js';
import { createLogger } from '../services/pino-logger.js';
import { systemClock } from '../services/system-clock.js';
import { systemRandom } from '../services/system-random.js';
import { findRunningServer } from '../serve/running-server.js';
import { machineOwner } from './machine-owner.js';
import { configFileOf, dataFolderOf, startingConfiguration, type ProgramOptions } from './program-config.js';

/** Options of every command that changes a configuration. */
export const configOptions = {
  ...folderOptions,
  ...serverOptions,
  change: { type: 'string', multiple: true },
  unset: { type: 'string', multiple: true },
} as const;

export const configOptionsHelp = `Where (a running server, which takes up what it can, or else a folder):
${serverOptionsHelp}
${folderOptionsHelp}`;

export const changeOptionsHelp = `  --change KEY=VALUE  one setting of the file, e.g. --change server.port=8080; VALUE is YAML; may be repeated
  --unset KEY         take a setting out, so that its default holds; may be repeated`;

/** What the commands do with a configuration, wherever it is. */
export interface ConfigAccess {
  review(change: ConfigurationChange): Promise<ConfigurationReview>;
  apply(change: ConfigurationChange, isSure: boolean): Promise<ConfigurationApplied>;
  changes(): Promise<ConfigurationHistory>;
  rollback(number: number, isSure: boolean): Promise<ConfigurationApplied>;
  /** A server runs on the folder, and was not asked: it goes on as it was started. */
  isBehindServer: boolean;
}

export async function configAccess(
  context: CliContext,
  options: ProgramOptions & ServerOptions,
): Promise<ConfigAccess> {
  const isServer = options.url !== undefined || context.env['FAULTLINE_URL'] !== undefined;
  return isServer && options.data === undefined ? remoteAccess(context, options) : folderAccess(context, options);
}

/** The change that a command line asks for: a whole file (or "-", stdin), or single settings. */
export async function wantedChange(
  context: CliContext,
  file: string | undefined,
  { change = [], unset = [] }: { change?: string[] | undefined; unset?: string[] | undefined },
): Promise<ConfigurationChange> {
  if (file !== undefined) {
    if (change.length + unset.length > 0) throw new UsageError('Either a FILE, or --change and --unset.');
    return {
      revision: '',
      text: await readFile(file === '-' ? '/dev/stdin' : path.resolve(context.cwd, file), 'utf8'),
    };
  }
  if (change.length + unset.length === 0) throw new UsageError('Name a FILE, or settings by --change and --unset.');
  const { parse } = await import('yaml');
  const changes = change.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`--change wants KEY=VALUE, not "${pair}"`);
    return { name: pair.slice(0, equals), value: parse(pair.slice(equals + 1)) as unknown };
  });
  return { revision: '', changes: [...changes, ...unset.map((name) => ({ name }))] };
}

async function folderAccess(context: CliContext, options: ProgramOptions): Promise<ConfigAccess> {
  const place = { dataFolder: dataFolderOf(options, context), configFile: configFileOf(options, context) };
  // What stands in the file may be broken: that is for the commands to say, not a reason to refuse them.
  const file = await readConfigFile(place.configFile).catch((error: unknown) => {
    if (isFaultlineError(error)) return null;
    throw error;
  });
  const logger = await createLogger({ level: 'error' });
  const bus = new EmbeddedBus({ folder: place.dataFolder, clock: systemClock, logger });
  const configurator = new Configurator({
    configuration: startingConfiguration(file, options, context),
    place,
    parts: { logger, clock: systemClock, random: systemRandom, bus, roles: new Set(processRoles) },
    plugins: null,
    clock: systemClock,
  });
  const by: ConfigActor = machineOwner();
  return {
    review: (change) => configurator.review(change),
    apply: (change, isSure) => configurator.apply(change, { isSure, by }),
    changes: () => configurator.changes(),
    rollback: (number, isSure) => configurator.rollback(number, { isSure, by }),
    isBehindServer: (await findRunningServer(place.dataFolder)) !== null,
  };
}

function remoteAccess(context: CliContext, options: ServerOptions): ConfigAccess {
  const server = context.server(options);
  const post = (path: string, body: unknown): Promise<unknown> =>
    server.json(`/api/v1/configuration/${path}`, {
      method: 'POST',
      signal: context.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    review: async (change) => ConfigurationReview.parse(await post('review', change)),
    apply: async (change, isSure) => ConfigurationApplied.parse(await post(`apply?sure=${isSure}`, change)),
    changes: async () =>
      ConfigurationHistory.parse(await server.json('/api/v1/configuration/history', { signal: context.signal })),
    rollback: async (number, isSure) => ConfigurationApplied.parse(await post(`rollback?sure=${isSure}`, { number })),
    isBehindServer: false,
  };
}
