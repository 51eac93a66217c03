import { asFaultlineError } from '@faultline/sdk';
import type { PluginRecord } from '../boot/plugin-record.js';
import { parseConfigText } from '../config/config-file.js';
import type { Configuration, Setting } from '../config/configuration.js';
import { programConfigOf, type ProgramConfig } from '../cli/program-config.js';
import { inspectHost, type HostOptions } from '../host.js';

export interface ConfigProblem {
  /** `section.key`, or a section; "" for the whole file. */
  setting: string;
  code: string;
  message: string;
  hint: string;
}

/** How a server would come up with a text. */
export interface InspectedConfig {
  /** Null when the host's own sections are not valid. */
  config: ProgramConfig | null;
  settings: Setting[];
  records: readonly PluginRecord[];
  problems: ConfigProblem[];
}

/** Everything of a host but what depends on the configuration. */
export type HostParts = Pick<HostOptions, 'logger' | 'clock' | 'random' | 'bus' | 'roles'>;

/** Reads a text as the configuration file of a server; nothing is written and nothing runs. Never throws for what it says. */
export async function inspectText(
  text: string,
  { configuration, place, parts }: { configuration: Configuration; place: ConfigPlace; parts: HostParts },
): Promise<InspectedConfig> {
  let config: ProgramConfig;
  try {
    const file = await parseConfigText(text, place.configFile);
    config = await programConfigOf(configuration.withFile(file), place);
  } catch (error) {
    return { config: null, settings: [], records: [], problems: [problemOf(error)] };
  }
  const records = await inspectHost({ ...config, ...parts });
  const settings = [...config.settings, ...records.flatMap((record) => record.settings)];
  const unknown = config.configuration.unknownSections(records.map(({ state }) => state.id));
  const problems = [
    ...unknown.map(({ name, message }) => ({
      setting: name,
      code: 'CONFIG_UNKNOWN_SECTION',
      message,
      hint: 'Correct its name, or take the section out.',
    })),
    ...records.flatMap(({ state }) =>
      state.error === undefined || state.state === 'disabled'
        ? []
        : [{ ...state.error, setting: settingIn(state.error.message) ?? state.id }],
    ),
  ];
  return { config, settings, records, problems };
}

export type ConfigPlace = Pick<ProgramConfig, 'dataFolder' | 'configFile'>;

function problemOf(error: unknown): ConfigProblem {
  const { code, message, hint, details } = asFaultlineError(error);
  const setting = (details as { setting?: unknown } | undefined)?.setting;
  return { setting: typeof setting === 'string' ? setting : '', code, message, hint: hint ?? '' };
}

/** The setting that an error of the configuration names, in back-quotes. */
function settingIn(message: string): string | undefined {
  return /`([\w-]+(?:\.[\w-]+)+)`/.exec(message)?.[1];
}
