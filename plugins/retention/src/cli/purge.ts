/** `faultline purge`: says what retention would take away, asks, and purges. */
import type { JobRunShape } from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  type CliContext,
} from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { Retention } from '../retention.js';
import { planAnswer, type PlanAnswer } from '../retention-routes.js';
import { size } from './sizes.js';

export const help = `Usage: faultline purge [--dry-run | --yes] (--url URL | --data DIR)

Lets go what is older than the retention, and what does not fit into its size, now instead of at night. First says what
that is, and asks. The sections \`retention:\` of the configuration and of each product say how long what is kept.

With --url (or FAULTLINE_URL) it works on a running server, and needs the permission "manage"; Ctrl-C stops the
watching, not the job. Else on the data folder of a server that is stopped.

  --dry-run          only say what would go
  --yes              do not ask
${serverOptionsHelp}
${folderOptionsHelp}

Example: faultline purge --dry-run --data ./data
`;

/** What is printed of a receipt. */
const Purged = z.object({ crashes: z.number(), freed: z.number(), steps: z.array(z.unknown()) });

export async function run(context: CliContext): Promise<number> {
  const { values } = context.parse({
    ...serverOptions,
    ...folderOptions,
    yes: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  });
  const isRemote =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  if (!isRemote) {
    return context.withFolder(values, async (services) => {
      const retention = services.resolve(Retention);
      const plan = await planAnswer(retention);
      if (!(await isAgreed(context, values, plan))) return exitCode(values, plan);
      return print(context, await retention.purge({ isDryRun: false, isByHand: true, signal: context.signal }));
    });
  }
  const server = context.server(values);
  const plan = (await server.json('/api/v1/plugins/retention/plan')) as PlanAnswer;
  if (!(await isAgreed(context, values, plan))) return exitCode(values, plan);
  const body = JSON.stringify({ job: 'retention/purge', params: {} });
  const started = (await server.json('/api/v1/jobs/start', { method: 'POST', body })) as JobRunShape;
  for (let shown = ''; ;) {
    const job = (await server.json(`/api/v1/job-runs/${started.id}`)) as JobRunShape;
    const line = `${job.status} ${job.progress.done}/${job.progress.total ?? '?'} ${job.progress.stage}`;
    if (line !== shown) context.stderr(`${line}\n`);
    shown = line;
    if (job.status === 'succeeded') return print(context, Purged.parse(job.result));
    if (job.endedAt !== null) {
      throw new FaultlineError(
        'Internal',
        job.error?.code ?? 'PURGE_FAILED',
        job.error?.message ?? 'It was cancelled.',
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (context.signal.aborted) {
      context.stderr(`Going on. \`faultline jobs history ${started.id}\` shows it, and with --cancel ends it.\n`);
      return 1;
    }
  }
}

async function isAgreed(
  context: CliContext,
  values: { yes?: boolean; 'dry-run'?: boolean },
  { steps, bytes }: PlanAnswer,
): Promise<boolean> {
  if (steps.length === 0) {
    context.stdout('Nothing is old enough to go.\n');
    return false;
  }
  for (const { day, kind, reason, products, bytes: freed } of steps) {
    const whose = products === null ? '' : ` of ${products.join(', ')}`;
    const what = kind === 'reports' ? 'crashes and dumps' : 'dumps';
    context.stdout(`${day}  ${what}${whose}, ${size(freed)}${reason === 'size' ? ', for want of space' : ''}\n`);
  }
  context.stdout(`The next purge frees ${size(bytes)}.\n`);
  if (values['dry-run'] === true) return false;
  if (values.yes === true) return true;
  context.stderr('Purge them now? Type yes: ');
  for await (const chunk of context.stdin()) return Buffer.from(chunk).toString().trim() === 'yes';
  return false;
}

/** Of a purge that did not take place: only a no is a failure. */
function exitCode(values: { 'dry-run'?: boolean }, { steps }: PlanAnswer): number {
  return values['dry-run'] === true || steps.length === 0 ? 0 : 1;
}

function print(context: CliContext, { crashes, freed, steps }: z.output<typeof Purged>): number {
  context.stdout(`Purged ${steps.length} files, of ${crashes} crashes; ${size(freed)} are free again.\n`);
  return 0;
}
