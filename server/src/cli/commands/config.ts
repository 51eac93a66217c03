import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import type { Setting } from '../../config/configuration.js';
import { inspectFolder } from '../folder-host.js';
import { requireKnownSections, programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline config [--data DIR] [--json]

Checks the configuration of the server and its plugins, and prints every setting with its value, where the value comes
from, and what it means. Ends with 1 when something is wrong.

${folderOptionsHelp}
  --json             for programs
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, { ...programOptions, json: { type: 'boolean' } });
  const { config, records } = await inspectFolder(values, context);
  requireKnownSections(
    config.configuration,
    records.map(({ state }) => state.id),
  );
  const settings = [...config.settings, ...records.flatMap((record) => record.settings)].map(hideSecret);
  context.stdout(values.json === true ? `${JSON.stringify(settings, null, 2)}\n` : print(settings));
  const broken = records.filter(({ state }) => state.phase === 'config' && state.error !== undefined);
  for (const { state } of broken)
    context.stderr(`faultline: ${state.error?.message ?? ''} ${state.error?.hint ?? ''}\n`);
  return broken.length === 0 ? 0 : 1;
}

function hideSecret(setting: Setting): Setting {
  return setting.isSecret && setting.value !== undefined ? { ...setting, value: '(secret)' } : setting;
}

function print(settings: readonly Setting[]): string {
  const lines = settings.map(({ name, value, source, place, description }) => {
    const origin = source === 'default' ? 'default' : `${source}: ${place}`;
    const note = description === '' ? '' : `\n    ${description}`;
    return `${name} = ${value === undefined ? '(not set)' : JSON.stringify(value)}  [${origin}]${note}`;
  });
  return `${lines.join('\n')}\n`;
}
