import type { GroupList, SearchAnswer, SystemStatus } from '@faultline/sdk/api';
import {
  serverOptions,
  serverOptionsHelp,
  UsageError,
  type CliContext,
  type CliServer,
} from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { setTimeout as wait } from 'node:timers/promises';
import { shown } from './text-table.js';

export const help = `Usage: faultline check --product P (--build B | --version V) [OPTIONS]

For build pipelines: waits until the crashes that were posted are processed, prints the groups of the build, and sets
the exit code: 0 none that matters, 3 some do, 1 it could not tell, 2 called wrongly.

  --fail-on LIST     new (no other build of the product has the group), regressed (somebody had resolved it), any
                     (new,regressed)
  --from DATE        how far back crashes count (-90d)
  --wait SECONDS     how long to wait for the processing to end (300)
  --json             the groups as JSON
${serverOptionsHelp}

Example: faultline check --product Teapot --build 20261120093000 --fail-on new --url https://crashes.example
`;

const reasons = ['new', 'regressed', 'any'] as const;
type Reason = (typeof reasons)[number];
const failed = 3;
/** Signatures in one question: an address may be 16 KB long. */
const mostCharacters = 6_000;
const mostGroups = 1_000;

interface CheckedGroup {
  signature: string;
  crashes: number;
  isNew: boolean;
  isRegressed: boolean;
}

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    product: { type: 'string' },
    build: { type: 'string' },
    version: { type: 'string' },
    'fail-on': { type: 'string' },
    from: { type: 'string' },
    wait: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError(`"${positionals.join(' ')}" is too much`);
  if (values.product === undefined) throw new UsageError('Name the product with --product');
  if ((values.build === undefined) === (values.version === undefined)) {
    throw new UsageError('Name the build with --build, or the version with --version');
  }
  const failOn = reasonsOf(values['fail-on'] ?? 'new,regressed');
  const patience = values.wait ?? '300';
  if (!/^\d{1,6}$/.test(patience)) throw new UsageError('--wait takes a number of seconds');
  const server = context.server(values);
  await processed(context, server, Number(patience) * 1000);
  const build = values.build === undefined ? term('version', values.version ?? '') : term('build', values.build);
  const groups = await groupsOf(context, server, {
    product: term('product', values.product),
    build,
    from: values.from ?? '-90d',
  });
  const bad = groups.filter((group) => failOn.some((reason) => isOf(group, reason)));
  if (values.json === true) context.stdout(`${JSON.stringify({ groups, failing: bad.length }, null, 2)}\n`);
  else print(context, groups, bad);
  return bad.length > 0 ? failed : 0;
}

function reasonsOf(list: string): Reason[] {
  return list.split(',').map((name) => {
    const reason = reasons.find((one) => one === name.trim());
    if (reason === undefined) throw new UsageError(`--fail-on knows ${reasons.join(', ')}, not "${name}"`);
    return reason;
  });
}

function isOf(group: CheckedGroup, reason: Reason): boolean {
  return reason === 'any' || (reason === 'new' ? group.isNew : group.isRegressed);
}

/** Nothing waits in a queue, and the index has all that was processed. Throws `Timeout CHECK_NOT_PROCESSED`. */
async function processed(context: CliContext, server: CliServer, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  for (let isFirst = true; ; isFirst = false) {
    const status = (await server.json('/api/v1/status', { signal: context.signal })) as SystemStatus;
    const waiting = status.queues
      .filter(({ subject }) => subject.startsWith('crash.process.') && !subject.endsWith('reprocessing'))
      .reduce((sum, { depth }) => sum + depth, 0);
    const unindexed = status.outbox
      .filter(({ sink }) => /^(search|triage)/.test(sink))
      .reduce((sum, { rows }) => sum + rows, 0);
    if (waiting + unindexed === 0) return;
    if (Date.now() >= deadline) {
      const message = `${waiting} crashes are not processed yet, and ${unindexed} not indexed.`;
      throw new FaultlineError('Timeout', 'CHECK_NOT_PROCESSED', message, {
        hint: 'Wait longer with --wait, or look at the queues on the status page.',
      });
    }
    if (isFirst) context.stderr(`Waiting for ${waiting + unindexed} crashes to be processed…\n`);
    await wait(500, undefined, { signal: context.signal });
  }
}

async function groupsOf(
  context: CliContext,
  server: CliServer,
  { product, build, from }: { product: string; build: string; from: string },
): Promise<CheckedGroup[]> {
  const { signal } = context;
  const range = { from, to: 'now' };
  const ask = (path: string, query: Record<string, string>): Promise<unknown> =>
    server.json(`${path}?${new URLSearchParams(query).toString()}`, { signal });
  const q = `${product} ${build}`;
  const { groups, totalGroups } = (await ask('/api/v1/groups', {
    q,
    ...range,
    limit: String(mostGroups),
  })) as GroupList;
  if (totalGroups > groups.length)
    context.stderr(`Only the ${groups.length} largest of ${totalGroups} groups are checked.\n`);
  const known = new Set<string>();
  for (const some of inPortions(groups.map(({ signature }) => signature))) {
    const one = `${product} -${build} (${some.map((signature) => term('signature', signature)).join(' OR ')})`;
    const facets = `signature:${some.length}`;
    const { facets: found } = (await ask('/api/v1/search', { q: one, ...range, facets, limit: '0' })) as SearchAnswer;
    for (const bucket of found['signature']?.buckets ?? []) known.add(String(bucket.term));
  }
  return groups.map(({ signature, count, triage }) => ({
    signature,
    crashes: count,
    isNew: !known.has(signature),
    isRegressed: triage.state === 'regressed',
  }));
}

function inPortions(signatures: readonly string[]): string[][] {
  const portions: string[][] = [];
  let size = Infinity;
  for (const signature of signatures) {
    const length = encodeURIComponent(signature).length + 30;
    if (size + length > mostCharacters) {
      portions.push([]);
      size = 0;
    }
    portions.at(-1)?.push(signature);
    size += length;
  }
  return portions;
}

function term(field: string, value: string): string {
  return `${field}:="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function print(context: CliContext, groups: readonly CheckedGroup[], bad: readonly CheckedGroup[]): void {
  if (groups.length === 0) {
    context.stdout('No crash of this build.\n');
    return;
  }
  for (const group of groups) {
    const marks = [group.isNew ? 'new' : '', group.isRegressed ? 'regressed' : ''].filter((mark) => mark !== '');
    const flag = bad.includes(group) ? '!' : ' ';
    context.stdout(`${flag} ${String(group.crashes).padStart(7)}  ${shown(group.signature) || '(no signature)'}`);
    context.stdout(marks.length === 0 ? '\n' : `  [${marks.join(', ')}]\n`);
  }
  const crashes = groups.reduce((sum, group) => sum + group.crashes, 0);
  context.stdout(`${groups.length} groups, ${crashes} crashes; ${bad.length} that fail the check.\n`);
}
