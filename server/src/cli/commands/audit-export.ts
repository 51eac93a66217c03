import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { auditLines } from '../../http/routes/audit-routes.js';
import { withAccounts } from '../folder-host.js';
import { programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline audit export --data DIR > audit.ndjson

Prints the audit log, oldest first, one JSON object a line: who looked at protected data, and what administrators did.
A gap in the sequence numbers would show a removed entry. Works while the server runs and while it doesn't.

${folderOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, programOptions);
  await withAccounts(values, context, async (auth) => {
    for await (const line of auditLines(auth.audit)) context.stdout(line);
  });
  return 0;
}
