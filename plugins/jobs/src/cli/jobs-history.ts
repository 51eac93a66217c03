import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import type { JobRunDetail, JobRunList, JobRunShape } from '@faultline/sdk/api';
import { runLine } from './run-text.js';

export const help = `Usage: faultline jobs history [JOB | RUN] [--limit N] [--json] --url URL
       faultline jobs history RUN --pause | --resume | --cancel

Lists runs, newest first: of all jobs, or of one (its id has a "/"). Of one run it prints the log and the receipt.

${serverOptionsHelp}
  --limit N          runs to list (20)
  --pause            let this run wait at its next step
  --resume           let it go on
  --cancel           end it; what it has done so far stays done
  --json             as the server has them
`;

const verbs = ['pause', 'resume', 'cancel'] as const;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    limit: { type: 'string' },
    json: { type: 'boolean' },
    pause: { type: 'boolean' },
    resume: { type: 'boolean' },
    cancel: { type: 'boolean' },
  });
  const [subject, ...more] = positionals;
  if (more.length > 0) throw new UsageError('one job or one run is wanted');
  const server = context.server(values);
  const isRun = subject !== undefined && !subject.includes('/');
  const wished = verbs.filter((verb) => values[verb] === true);
  const [verb] = wished;
  if (verb !== undefined) {
    if (!isRun || wished.length > 1) throw new UsageError(`--${verb} wants exactly one run, and no other verb`);
    const changed = await server.json(`/api/v1/job-runs/${encodeURIComponent(subject)}/${verb}`, { method: 'POST' });
    context.stdout(`${runLine(changed as JobRunShape)}\n`);
    return 0;
  }
  if (isRun) {
    const detail = (await server.json(`/api/v1/job-runs/${encodeURIComponent(subject)}`)) as JobRunDetail;
    context.stdout(values.json === true ? `${JSON.stringify(detail, null, 2)}\n` : detailText(detail));
    return 0;
  }
  const limit = Number(values.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError('--limit wants a whole number above 0');
  const query = new URLSearchParams({ limit: String(limit), ...(subject === undefined ? {} : { job: subject }) });
  const { runs } = (await server.json(`/api/v1/job-runs?${query.toString()}`)) as JobRunList;
  if (values.json === true) context.stdout(`${JSON.stringify(runs, null, 2)}\n`);
  else if (runs.length === 0) context.stdout('No run yet.\n');
  else for (const one of runs) context.stdout(`${runLine(one)}\n`);
  return 0;
}

function detailText(detail: JobRunDetail): string {
  const lines = [runLine(detail), `started ${detail.startedAt ?? 'not yet'}, ended ${detail.endedAt ?? 'not yet'}`];
  if (detail.startedBy !== '') lines.push(`asked for by ${detail.startedBy}`);
  for (const { at, level, message } of detail.log) lines.push(`${at} ${level} ${message}`);
  if (detail.result !== null) lines.push(JSON.stringify(detail.result, null, 2));
  return `${lines.join('\n')}\n`;
}
