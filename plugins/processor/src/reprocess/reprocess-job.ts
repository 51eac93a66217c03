/**
 * Processes many crashes again. They go through the queue's lowest lane, a few dozen at a time: so a pause or cancel
 * takes hold within a moment, new reports go first, and a killed server goes on where it was. With a ruleset that walks
 * nothing they need no queue; new reports go first then by how few are taken at once. Asking twice for a crash is
 * harmless: it gets one more run of the same.
 */
import type { Job, JobRun, JsonValue, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import { inParallel } from './in-parallel.js';
import { RateLimit } from './rate-limit.js';
import { Processed, tryOne } from './reprocess-one.js';
import type { Outcome, ReprocessServices } from './reprocess-one.js';
import { ReprocessParams } from './reprocess-params.js';
import type { ReprocessReceipt } from './reprocess-params.js';
import { SignatureMoves } from './signature-moves.js';
import type { StraightRuns } from './straight-runs.js';
import { firstPosition, nextBatch } from './wanted-crashes.js';
import type { CrashFinder, WantedCrash } from './wanted-crashes.js';

export const reprocessJobId = 'processor/reprocess';

/** Crashes of the job in the queue at once. */
const queuedAtOnce = 64;
const triedAtOnce = 8;
/** Runs that share a sync of the disk; with more of them in memory at once, collecting garbage costs more than syncs. */
const straightAtOnce = 32;
/** While new reports wait. */
const straightWhenCrowded = 4;

/** Crashes a second, unless another rate is asked for. */
const usualRate = 200;
const straightRate = 2_000;

export type ReprocessJobParts = ReprocessServices & CrashFinder & { straight: StraightRuns };

/** What a resumed run begins with. */
const Progress = z.object({
  position: z.object({ index: z.number(), cursor: z.string().nullable(), until: z.number() }),
  crashes: z.number(),
  unknown: z.number(),
  failed: z.number(),
  moves: z.array(z.object({ from: z.string(), to: z.string(), crashes: z.number() })),
  beyond: z.number(),
  /** At work, over all its lives. */
  milliseconds: z.number(),
});
type Progress = z.output<typeof Progress>;

export function reprocessJob(parts: ReprocessJobParts): Job<ReprocessParams> {
  return {
    id: reprocessJobId,
    title: 'Process crashes again',
    params: ReprocessParams,
    permission: 'reprocess',
    run: (run) => reprocess(parts, run),
  };
}

async function reprocess(parts: ReprocessJobParts, run: JobRun<ReprocessParams>): Promise<JsonValue> {
  const { clock, straight } = parts;
  const params = ReprocessParams.parse(run.params);
  requireRuleset(parts, params.ruleset);
  const state = Progress.safeParse(run.checkpoint()).data ?? beginning(clock.now());
  const moves = new SignatureMoves(state);
  const isStraight = !params.dryRun && straight.suits(params.ruleset);
  const limit = new RateLimit(clock, params.rate ?? (isStraight ? straightRate : usualRate));
  const processed = new Processed(parts);
  const one = async (crash: WantedCrash): Promise<Outcome> => {
    if (params.dryRun) return await tryOne(parts, crash, params.ruleset, run.signal);
    const outcome = isStraight ? await straight.runOne(crash, params.ruleset, run.signal) : 'queued';
    return outcome === 'queued'
      ? await processed.processOne(crash, params.ruleset, run.signal, params.reason)
      : outcome;
  };
  const width = async (): Promise<number> => {
    if (params.dryRun) return triedAtOnce;
    if (!isStraight) return queuedAtOnce;
    return (await straight.isCrowded()) ? straightWhenCrowded : straightAtOnce;
  };
  try {
    for (let isLast = false; !isLast;) {
      await run.pausePoint();
      const batch = await nextBatch(params, state.position, parts, run.signal);
      state.unknown += batch.malformed;
      let paused: Milliseconds = 0;
      const began = clock.monotonic();
      await inParallel(batch.crashes, await width(), async (crash) => {
        const halt = clock.monotonic();
        await run.pausePoint();
        paused = Math.max(paused, clock.monotonic() - halt);
        await limit.take(run.signal);
        const outcome = await one(crash);
        if (outcome === 'failed') state.failed += 1;
        if (outcome === 'unknown') state.unknown += 1;
        else state.crashes += 1;
        if (typeof outcome === 'object') moves.add(outcome.from, outcome.to);
        const done = state.crashes + state.unknown;
        run.progress(done, Math.max(batch.total, done), stageOf(params, state, clock.monotonic() - began - paused));
      });
      isLast = batch.isLast;
      state.position = batch.next;
      state.milliseconds += clock.monotonic() - began - paused;
      Object.assign(state, moves.kept());
      await run.saveCheckpoint(state);
    }
  } finally {
    processed.stop();
  }
  const { crashes, unknown, failed } = state;
  return {
    dryRun: params.dryRun,
    ruleset: params.ruleset,
    crashes,
    unknown,
    failed,
    changedSignatures: moves.changed,
    ...moves.listed(),
    rate: rateOf(crashes, state.milliseconds),
  } satisfies ReprocessReceipt;
}

function beginning(now: number): Progress {
  const position = firstPosition(now);
  return { position, crashes: 0, unknown: 0, failed: 0, moves: [], beyond: 0, milliseconds: 0 };
}

function stageOf(params: ReprocessParams, { crashes, milliseconds }: Progress, current: Milliseconds): string {
  const what = params.dryRun ? 'trying' : 'processing';
  return `${what}, ${rateOf(crashes, milliseconds + current)} a second`;
}

function rateOf(crashes: number, milliseconds: Milliseconds): number {
  return Math.round((crashes * 10_000) / Math.max(milliseconds, 1)) / 10;
}

function requireRuleset({ processing }: ReprocessServices, ruleset: string): void {
  const known = processing.rulesets();
  if (known.includes(ruleset)) return;
  throw new FaultlineError('Malformed', 'RULESET_UNKNOWN', `There is no ruleset "${ruleset}".`, {
    hint: `Rulesets here: ${known.join(', ')}.`,
  });
}
