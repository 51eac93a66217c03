import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { requireCrashId } from '@faultline/sdk/crash-id';
import { printReport, type ShownReport } from '../print-report.js';
import { ServerClient } from '../server-client.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline show CRASH_ID --url URL [--json]

Prints a report: what crashed, why, and the crashing thread.

${serverOptionsHelp}
  --json             the report as the server has it
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, { ...serverOptions, json: { type: 'boolean' } });
  const [text, ...more] = positionals;
  if (text === undefined || more.length > 0) throw new UsageError('exactly one crash id is wanted');
  const id = requireCrashId(text);
  const report = await new ServerClient(values, context).json(`/api/v1/crashes/${id}`);
  context.stdout(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : printReport(report as ShownReport));
  return 0;
}
