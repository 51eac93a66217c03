import type { PluginState } from '@faultline/sdk';
import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { findRunningServer } from '../../serve/running-server.js';
import { inspectFolder } from '../folder-host.js';
import { dataFolderOf, programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline plugins [--data DIR] [--json]

Lists the plugins: as they are when a server runs on the folder, else as a start would find them ("ready").

${folderOptionsHelp}
  --json             everything that is known of them
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, { ...programOptions, json: { type: 'boolean' } });
  const running = await findRunningServer(dataFolderOf(values, context));
  const states = running?.plugins ?? (await inspected(values, context));
  if (values.json === true) context.stdout(`${JSON.stringify(states, null, 2)}\n`);
  else context.stdout(table(states, running === null));
  return states.some(({ state }) => state === 'failed') ? 1 : 0;
}

async function inspected(values: Parameters<typeof inspectFolder>[0], context: CliContext): Promise<PluginState[]> {
  return (await inspectFolder(values, context)).records.map((record) => record.state);
}

function table(states: readonly PluginState[], isInspected: boolean): string {
  const width = Math.max(...states.map(({ id }) => id.length), 6);
  const lines = states.map((one) => {
    const word = isInspected && one.state === 'skipped' && one.error === undefined ? 'ready' : one.state;
    return `${one.id.padEnd(width)}  ${word.padEnd(8)}  ${one.version.padEnd(8)}  ${one.displayName}${fault(one, width)}`;
  });
  return `${lines.join('\n')}\n`;
}

function fault({ error }: PluginState, width: number): string {
  if (error === undefined) return '';
  return `\n${' '.repeat(width + 2)}${error.code}: ${error.message} ${error.hint}`;
}
