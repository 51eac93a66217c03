/** `faultline erase`: shows what would go, asks, and erases; on a running server by its jobs, on a stopped one itself. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Clock, CrashStorage, FieldDictionary, SearchEngine, type CrashId, type JsonValue } from '@faultline/sdk';
import type { JobRunShape } from '@faultline/sdk/api';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
} from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { Erasing, type ErasureReceipt } from '../crash-erasing.js';
import type { ErasurePreview } from '../erase-routes.js';
import { crashesOfList, crashesOfQuery } from '../find-crashes.js';

export const help = `Usage: faultline erase (--query Q | --ids FILE) [--yes | --dry-run] (--url URL | --data DIR)

Removes crashes for ever: reports, dumps, attachments, every processing run, the search index, queues, dead letters,
exports and caches. The files that held them are written anew, so that no byte of them stays on the disk, and their ids
are refused from then on. First says how many crashes that is, and asks.

With --url (or FAULTLINE_URL) it works on a running server, and needs the permission "manage"; Ctrl-C stops the
watching, not the job. Else on the data folder of a server that is stopped; cut off there, the same command does the
rest. An erased crash lives on in backups made before.

  --query Q          the crashes that a search finds, over all days: 'product:Teapot user_comments:~"my name"'
  --ids FILE         crash ids, one on each line; - for standard input
  --yes              do not ask
  --dry-run          only say what would be erased
${serverOptionsHelp}
${folderOptionsHelp}

Example: faultline erase --ids ids.txt --url http://127.0.0.1:7070
`;

const options = {
  ...serverOptions,
  ...folderOptions,
  query: { type: 'string' },
  ids: { type: 'string' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>;

function parse(context: CliContext) {
  const { values, positionals } = context.parse(options);
  if (positionals.length > 0) throw new UsageError(`what is "${positionals[0] ?? ''}"?`);
  if ((values.query === undefined) === (values.ids === undefined)) {
    throw new UsageError('exactly one of --query and --ids is wanted');
  }
  return values;
}

export async function run(context: CliContext): Promise<number> {
  const values = parse(context);
  const isRemote =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  const lines = values.ids === undefined ? [] : (await readIds(values.ids, context)).split(/\r?\n/);
  return isRemote ? onServer(context, values, lines) : onFolder(context, values, lines);
}

async function onServer(context: CliContext, values: Values, lines: string[]): Promise<number> {
  const server = context.server(values);
  const post = (path: string, body: object) => server.json(path, { method: 'POST', body: JSON.stringify(body) });
  const wish = values.query === undefined ? { ids: crashesOfList(lines) } : { q: values.query };
  const preview = (await post('/api/v1/plugins/erasing/preview', wish)) as ErasurePreview;
  if (!(await isAgreed(context, values, preview))) return values['dry-run'] === true ? 0 : 1;
  const { selection, crashes } = preview;
  const { run: id } = (await post('/api/v1/plugins/erasing/erase', { selection, crashes })) as { run: string };
  for (let shown = ''; ;) {
    // Ctrl-C must still be able to tell the server, so its signal is not used for asking.
    const run = (await server.json(`/api/v1/job-runs/${id}`)) as JobRunShape;
    const { done, total, stage } = run.progress;
    const line = `${run.status} ${done}/${total ?? '?'} ${stage}`;
    if (line !== shown) context.stderr(`${line}\n`);
    shown = line;
    if (run.status === 'succeeded') return printReceipt(context, run.result);
    if (run.endedAt !== null) {
      throw new FaultlineError(
        'Internal',
        run.error?.code ?? 'ERASE_FAILED',
        run.error?.message ?? 'It was cancelled.',
        {
          hint: 'What was not erased yet is erased by the same command.',
        },
      );
    }
    if (await isInterrupted(context.signal, 300)) {
      context.stderr(`Going on. \`faultline jobs history ${id}\` shows it, and with --cancel ends it.\n`);
      return 1;
    }
  }
}

function onFolder(context: CliContext, values: Values, lines: string[]): Promise<number> {
  return context.withFolder(values, async (services) => {
    const storage = services.resolve(CrashStorage);
    const parts = {
      engine: services.resolve(SearchEngine),
      fields: services.resolve(FieldDictionary),
      clock: services.resolve(Clock),
    };
    const { signal } = context;
    const ids: CrashId[] =
      values.query === undefined
        ? crashesOfList(lines)
        : await crashesOfQuery(values.query, parts, { mayViewProtected: true, signal });
    let crashes = 0;
    for (const id of ids) if ((await storage.fate(id)).state === 'stored') crashes += 1;
    if (!(await isAgreed(context, values, { crashes, unknown: ids.length - crashes, sample: ids.slice(0, 10) }))) {
      return values['dry-run'] === true ? 0 : 1;
    }
    const receipt = await services.resolve(Erasing).erase(ids, {
      actor: '',
      signal,
      progress: (done, total, stage) => context.stderr(`${done}/${total} ${stage}\n`),
    });
    return printReceipt(context, receipt);
  });
}

async function isAgreed(
  context: CliContext,
  values: Values,
  { crashes, unknown, sample }: Pick<ErasurePreview, 'crashes' | 'unknown' | 'sample'>,
): Promise<boolean> {
  const others = unknown === 0 ? '' : `; ${unknown} ids are not stored, and will be refused from now on`;
  context.stderr(`${crashes} crashes will be erased${others}:\n`);
  for (const id of sample) context.stderr(`  bp-${id}\n`);
  if (crashes + unknown > sample.length) context.stderr(`  and ${crashes + unknown - sample.length} more\n`);
  if (values['dry-run'] === true) return false;
  if (values.yes === true) return true;
  if (values.ids === '-') throw new UsageError('the ids came from standard input: say --yes to go on');
  context.stderr('They can not be brought back. Type the number of crashes to erase them: ');
  for await (const chunk of context.stdin()) {
    const isRight = Buffer.from(chunk).toString().trim() === String(crashes);
    if (!isRight) context.stderr('Nothing was erased.\n');
    return isRight;
  }
  context.stderr('Nothing was erased.\n');
  return false;
}

function printReceipt(context: CliContext, receipt: ErasureReceipt | JsonValue): number {
  context.stdout(`${JSON.stringify(receipt, null, 2)}\n`);
  return 0;
}

async function readIds(file: string, context: CliContext): Promise<string> {
  if (file !== '-') return readFile(path.resolve(context.cwd, file), 'utf8');
  const chunks: Uint8Array[] = [];
  for await (const chunk of context.stdin()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function isInterrupted(signal: AbortSignal, wait: number): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(signal.aborted);
    };
    const timer = setTimeout(end, wait);
    signal.addEventListener('abort', end);
  });
}
