import { serverOptions, serverOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import type { JobList } from '@faultline/sdk/api';

export const help = `Usage: faultline jobs list --url URL [--json]

Lists the jobs of a server: when they run, when next, their last success, failures in a row.

${serverOptionsHelp}
  --json             as the server has them
`;

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({ ...serverOptions, json: { type: 'boolean' } });
  const list = (await context.server(values).json('/api/v1/jobs')) as JobList;
  if (values.json === true) {
    context.stdout(`${JSON.stringify(list.jobs, null, 2)}\n`);
    return 0;
  }
  if (list.jobs.length === 0) {
    context.stdout('No job that this token may see. Jobs need the permission manage, or their own.\n');
    return 0;
  }
  for (const job of list.jobs) {
    const state = job.running.length > 0 ? `running ${job.running.join(' ')}` : `next ${job.dueAt ?? 'on request'}`;
    const failures = job.failures === 0 ? '' : `, failed ${job.failures} times in a row`;
    context.stdout(`${job.id}  ${job.title}\n`);
    context.stdout(
      `  ${job.schedule || 'on request'}; ${state}; last success ${job.lastSuccess ?? 'never'}${failures}\n`,
    );
  }
  return 0;
}
