import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline jobs reset JOB --url URL

Lets a job forget its last success and its failures. It then runs at its next time; slots that it missed are not made
up for.

${serverOptionsHelp}
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse(serverOptions);
  const [job, ...more] = positionals;
  if (job === undefined || more.length > 0) throw new UsageError('exactly one job is wanted');
  await context.server(values).json('/api/v1/jobs/reset', { method: 'POST', body: JSON.stringify({ job }) });
  context.stdout(`${job} starts afresh.\n`);
  return 0;
}
