import { serverOptions, serverOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import type { SubmitKeyList } from '../admission/key-routes.js';

export const help = `Usage: faultline submit-key list --url URL [--json]

Lists the submit keys that are taken: of the configuration, and those that were made on the running server.

${serverOptionsHelp}
  --json             as the server has them
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...serverOptions, json: { type: 'boolean' } });
  const { keys } = (await context.server(values).json('/api/v1/plugins/collector/keys')) as SubmitKeyList;
  if (values.json === true) context.stdout(`${JSON.stringify(keys, null, 2)}\n`);
  else if (keys.length === 0) context.stdout('No product needs a submit key.\n');
  for (const { product, key, since, until, from } of values.json === true ? [] : keys) {
    const times =
      from === 'configuration' ? 'configuration' : `since ${since}${until === null ? '' : `, until ${until}`}`;
    context.stdout(`${product}\t${key}\t${times}\n`);
  }
  return 0;
}
