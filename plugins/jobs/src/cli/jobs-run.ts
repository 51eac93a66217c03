import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import type { JobRunShape } from '@faultline/sdk/api';
import { follow } from './run-text.js';

export const help = `Usage: faultline jobs run JOB [--params JSON] [--no-wait] --url URL

Starts a job now, shows its progress, and prints its receipt as JSON. Ctrl-C stops the watching, not the job:
\`faultline jobs history RUN --cancel\` does that. Exit code 1 when the job failed or was cancelled.

${serverOptionsHelp}
  --params JSON      what the job takes, as its documentation says
  --no-wait          print the run's id and leave

Example: faultline jobs run retention/purge --url http://127.0.0.1:7070
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    params: { type: 'string' },
    'no-wait': { type: 'boolean' },
  });
  const [job, ...more] = positionals;
  if (job === undefined || more.length > 0) throw new UsageError('exactly one job is wanted');
  const body = { job, ...(values.params === undefined ? {} : { params: parseJson(values.params) }) };
  const server = context.server(values);
  const started = (await server.json('/api/v1/jobs/start', {
    method: 'POST',
    body: JSON.stringify(body),
  })) as JobRunShape;
  if (values['no-wait'] === true) {
    context.stdout(`${started.id}\n`);
    return 0;
  }
  const ended = await follow(context, async () => (await server.json(`/api/v1/job-runs/${started.id}`)) as JobRunShape);
  if (ended === null) {
    context.stderr(`${started.id} goes on. \`faultline jobs history ${started.id}\` shows it.\n`);
    return 0;
  }
  if (ended.result !== null) context.stdout(`${JSON.stringify(ended.result, null, 2)}\n`);
  if (ended.error?.hint !== undefined && ended.error.hint !== null) context.stderr(`${ended.error.hint}\n`);
  return ended.status === 'succeeded' ? 0 : 1;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--params wants JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
