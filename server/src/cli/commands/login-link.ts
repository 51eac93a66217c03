import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { signInUrl } from '../../auth/sign-in-links.js';
import { findRunningServer } from '../../serve/running-server.js';
import { withStores } from '../folder-host.js';
import { type ProgramConfig, programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline login-link --data DIR

Prints a link that signs in as admin, once, within an hour. Works while the server runs and while it doesn't.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, programOptions);
  const link = await withStores(values, context, async (stores, config) =>
    signInUrl(await addressOf(config), await stores.links().create()),
  );
  context.stdout(`${link}\n`);
  return 0;
}

/** What people use: the configured address, where the server listens now, or where it will. */
async function addressOf({ server, dataFolder }: ProgramConfig): Promise<string> {
  if (server.publicUrl !== undefined) return server.publicUrl;
  const running = await findRunningServer(dataFolder);
  if (running !== null) return running.url;
  return `${server.tls === undefined ? 'http' : 'https'}://${server.host}:${server.port}${server.basePath}`;
}
