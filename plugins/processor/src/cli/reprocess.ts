/** `faultline reprocess`: starts the job on a server and shows how it gets on. */
import { serverOptions, serverOptionsHelp, UsageError } from '@faultline/sdk/cli-command';
import type { CliContext, CliServer } from '@faultline/sdk/cli-command';
import type { JobRunShape } from '@faultline/sdk/api';
import { ReprocessReceipt } from '../reprocess/reprocess-params.js';

export const help = `Usage: faultline reprocess [CRASH_ID ...] [OPTIONS] --url URL

Processes crashes again, as a job of the server: one, several, or all that a search finds. Shows its progress and, at
the end, how many signatures changed, from what to what. Ctrl-C stops the watching, not the job; \`faultline jobs\`
pauses and cancels it. Ids may also come on standard input: faultline reprocess - < ids.

  --search TEXT      crashes that this finds, in the words of the search bar (public fields; "" is all)
  --from, --to DATE  received in this time, ISO 8601
  --ruleset NAME     default; regenerate-signature signs again without walking the dumps
  --rate N           most crashes a second (200)
  --dry-run          write nothing: only count which signatures would change
  --json             the receipt as JSON
  --no-wait          print the run's id and leave
${serverOptionsHelp}

Example: faultline reprocess --search 'signature:~"OOM"' --ruleset regenerate-signature --dry-run
`;

const options = {
  ...serverOptions,
  search: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  ruleset: { type: 'string' },
  rate: { type: 'string' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  'no-wait': { type: 'boolean' },
} as const;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse(options);
  const crashIds = positionals.length === 1 && positionals[0] === '-' ? await idsOfInput(context) : positionals;
  if ((crashIds.length === 0) === (values.search === undefined)) {
    throw new UsageError('either crash ids or --search is wanted');
  }
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (rate !== undefined && !(rate > 0)) throw new UsageError(`--rate wants a number, not "${values.rate}"`);
  const wish = {
    ...(crashIds.length === 0 ? {} : { crashIds }),
    search: values.search,
    from: values.from,
    to: values.to,
    ruleset: values.ruleset,
    rate,
    dryRun: values['dry-run'],
  };
  const server = context.server(values);
  const started = (await server.json('/api/v1/processing/reprocess', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  })) as JobRunShape;
  if (values['no-wait'] === true) {
    context.stdout(`${started.id}\n`);
    return 0;
  }
  const ended = await follow(context, server, started.id);
  if (ended === null) {
    context.stderr(`The job goes on: faultline jobs history ${started.id}\n`);
    return 0;
  }
  if (ended.status !== 'succeeded') {
    context.stderr(`${ended.status}: ${ended.error?.message ?? 'somebody stopped it'} ${ended.error?.hint ?? ''}\n`);
    return 1;
  }
  const receipt = ReprocessReceipt.parse(ended.result);
  context.stdout(values.json === true ? `${JSON.stringify(receipt, null, 2)}\n` : receiptText(receipt));
  return 0;
}

async function follow(context: CliContext, server: CliServer, id: string): Promise<JobRunShape | null> {
  for (let shown = ''; ;) {
    const run = (await server.json(`/api/v1/job-runs/${id}`)) as JobRunShape;
    const { done, total, stage } = run.progress;
    const line = `${run.status} ${done}${total === null ? '' : `/${total}`} ${stage}`.trim();
    if (line !== shown) context.stderr(`${line}\n`);
    shown = line;
    if (run.endedAt !== null) return run;
    if (context.signal.aborted) return null;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function receiptText(receipt: ReprocessReceipt): string {
  const { dryRun, crashes, unknown, failed, changedSignatures, moves, cut, rate } = receipt;
  const lines = [
    `${crashes} ${crashes === 1 ? 'crash' : 'crashes'} ${dryRun ? 'tried' : 'processed'} with ${receipt.ruleset}, ${rate} a second`,
    ...(unknown === 0 ? [] : [`${unknown} unknown`]),
    ...(failed === 0 ? [] : [dryRun ? `${failed} could not be tried` : `${failed} given up: see the dead letters`]),
    `${changedSignatures} ${dryRun ? 'would change' : 'changed'} their signature${moves.length === 0 ? '' : ':'}`,
    ...moves.map(
      (move) =>
        `${String(move.crashes).padStart(8)}  ${move.from || '(none)'}\n${' '.repeat(8)}  -> ${move.to || '(none)'}`,
    ),
    ...(cut === 0 ? [] : [`${String(cut).padStart(8)}  other changes`]),
  ];
  return `${lines.join('\n')}\n`;
}

async function idsOfInput(context: CliContext): Promise<string[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of context.stdin()) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString('utf8')
    .split(/\s+/)
    .filter((id) => id !== '');
}
