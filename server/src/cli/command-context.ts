import type { CliContext, CliProcess } from '@faultline/sdk/cli-command';
import { ServerClient } from './server-client.js';
import { parseCommandLine } from './usage.js';

/** What a command gets: the process, the words behind its own, and the ways to a server and to a folder. */
export function commandContext(process: CliProcess, args: readonly string[]): CliContext {
  return {
    ...process,
    args,
    parse: (options) => parseCommandLine(args, options),
    server: (options) => new ServerClient(options, process),
    async withServices(options, services, work) {
      // The host and all it imports: most commands never need them.
      const folder = await import('./folder-host.js');
      return folder.withServices(options, { context: process, services }, work);
    },
    async withFolder(options, work) {
      const folder = await import('./held-folder.js');
      return folder.withFolder(options, process, work);
    },
  };
}
