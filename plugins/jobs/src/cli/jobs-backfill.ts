import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline jobs backfill JOB --from DATE --url URL

Runs a job again for every slot since a date, one after the other, in order; it is for jobs that make up for missed
slots. What its runs did before is done again.

${serverOptionsHelp}
  --from DATE        a day (2026-11-01) or a time in UTC (2026-11-01T12:00:00Z)

Example: faultline jobs backfill ops/verify-processed --from 2026-11-01 --url http://127.0.0.1:7070
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...serverOptions, from: { type: 'string' } });
  const [job, ...more] = positionals;
  if (job === undefined || more.length > 0) throw new UsageError('exactly one job is wanted');
  const from = new Date(values.from ?? '');
  if (Number.isNaN(from.getTime())) throw new UsageError('--from wants a date, as 2026-11-01');
  const body = JSON.stringify({ job, from: from.toISOString() });
  const answer = (await context.server(values).json('/api/v1/jobs/backfill', { method: 'POST', body })) as {
    slots: number;
  };
  context.stdout(`${answer.slots} ${answer.slots === 1 ? 'slot' : 'slots'} of ${job} will run, one after the other.\n`);
  return 0;
}
