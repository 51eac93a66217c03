import type { Clock, CrashStorage, Job, JobRun, ServerInfo } from '@faultline/sdk';
import { SignatureListEdits } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';
import type { OperatorLists } from '../lists/operator-lists.js';
import type { Signer } from '../signer.js';
import { readyLists } from '../lists/ready-lists.js';
import type { ListsInForce } from '../lists/operator-lists.js';
import { CrashMover } from './crash-mover.js';
import { newestCrashes } from './newest-crashes.js';
import { chunkSize, type Move, type PlanStore, type StoredPlan } from './plan.js';
import { MoveSummary } from './summarize-moves.js';

export interface ListJobParts {
  lists: OperatorLists;
  plans: PlanStore;
  storage: CrashStorage;
  clock: Clock;
  server: Pick<ServerInfo, 'host'>;
  /** Ids of the sinks that get each changed crash. */
  sinks(): Promise<string[]>;
  /** Signs with these lists, as the rule does. */
  signer(lists: ListsInForce): Promise<Signer>;
}

/** Crashes between two looks at the signal and the pause. */
const breath = 50;

const who = z.strictObject({ id: z.string(), name: z.string() });
const PreviewParams = z.strictObject({
  version: z.number().int(),
  lists: SignatureListEdits,
  crashes: z.number().int().min(1),
  by: who,
});
const PlanParams = z.strictObject({ plan: z.string(), by: who });

/** Lists what a change of the signature lists would do to the newest crashes. */
export function previewJob({
  lists,
  plans,
  storage,
  clock,
  signer,
}: ListJobParts): Job<z.output<typeof PreviewParams>> {
  return {
    id: 'signature/preview-lists',
    title: 'Preview of edited signature lists',
    params: PreviewParams,
    permission: 'triage',
    async run(run) {
      const { version, lists: edits, crashes: limit, by } = wanted(run);
      await lists.refresh();
      const now = lists.inForce();
      if (now.version !== version) throw listsChanged(now.version);
      const after = lists.after(edits);
      const [current, edited] = [await signer(now), await signer(after)];
      const summary = new MoveSummary();
      let moves: Move[] = [];
      let [looked, chunks] = [0, 0];
      for await (const crash of newestCrashes(storage, limit)) {
        const to = edited.sign(crash).signature;
        // What older lists left behind is no effect of this edit.
        const isMoved = to !== current.sign(crash).signature && to !== crash.signature;
        summary.add(crash.crash_id, crash.signature, isMoved ? to : crash.signature);
        if (isMoved) moves.push({ crashId: crash.crash_id, from: crash.signature, to });
        if (moves.length >= chunkSize) {
          await plans.saveMoves(run.id, chunks++, moves);
          moves = [];
        }
        if (++looked % breath === 0) {
          await run.pausePoint();
          run.progress(looked, null, 'signing crashes');
        }
      }
      if (moves.length > 0) await plans.saveMoves(run.id, chunks++, moves);
      const plan: StoredPlan = {
        id: run.id,
        at: new Date(clock.now()).toISOString(),
        actorName: by.name,
        version,
        status: 'listed',
        ...summary.summary(),
        problems: [...readyLists(after.texts, after.origins).problems],
        before: now.edited,
        after: after.edited,
        chunks,
        appliedAs: 0,
      };
      await plans.save(plan);
      run.progress(looked, looked, 'done');
      return { plan: plan.id, crashes: plan.crashes, moved: plan.moved, text: plan.text };
    },
  };
}

/** Makes a plan's lists those in force, and gives exactly the crashes it lists their new signatures. */
export function applyJob(parts: ListJobParts): Job<z.output<typeof PlanParams>> {
  const { lists, plans } = parts;
  return {
    id: 'signature/apply-lists',
    title: 'Edited signature lists applied',
    params: PlanParams,
    permission: 'manage',
    async run(run) {
      const { plan: id, by } = wanted(run);
      let plan = await plans.get(id);
      if (plan.status === 'undone' || plan.status === 'undoing') throw wrongStatus(plan);
      await lists.refresh();
      if (plan.status === 'listed') {
        // A run that was killed right after the write finds its own lists in force.
        const own = (await lists.history(1))[0];
        const isWritten = own?.plan === id && own.version === lists.inForce().version;
        const version = isWritten
          ? own.version
          : await lists.write(plan.after, plan.version, { principal: by, text: `applied: ${plan.text}`, plan: id });
        plan = { ...plan, status: 'applying', appliedAs: version };
        await plans.save(plan);
      }
      const mover = await moverOf(parts, plan);
      const done = await eachChunk(run, plan, (chunk) => mover.apply(plan.id, chunk));
      await plans.save({ ...plan, status: 'applied' });
      return { plan: id, listsVersion: plan.appliedAs, ...done };
    },
  };
}

/** Takes a plan back: the lists byte for byte, and the signatures of the crashes that it changed. */
export function undoJob(parts: ListJobParts): Job<z.output<typeof PlanParams>> {
  const { lists, plans } = parts;
  return {
    id: 'signature/undo-lists',
    title: 'Edited signature lists taken back',
    params: PlanParams,
    permission: 'manage',
    async run(run) {
      const { plan: id, by } = wanted(run);
      let plan = await plans.get(id);
      if (plan.status === 'undone') return { plan: id, changed: 0, asListed: true, skipped: 0 };
      if (plan.status === 'listed') throw wrongStatus(plan);
      await lists.refresh();
      if (plan.status !== 'undoing') {
        const own = (await lists.history(1))[0];
        const isWritten = own?.text === `undid version ${plan.appliedAs}` && own.version === lists.inForce().version;
        if (!isWritten) {
          if (lists.inForce().version !== plan.appliedAs) throw listsChanged(lists.inForce().version);
          await lists.write(plan.before, plan.appliedAs, {
            principal: by,
            text: `undid version ${plan.appliedAs}`,
            plan: id,
          });
        }
        plan = { ...plan, status: 'undoing' };
        await plans.save(plan);
      }
      const mover = await moverOf(parts, plan);
      const done = await eachChunk(run, plan, (chunk) => mover.undo(plan.id, chunk));
      await plans.save({ ...plan, status: 'undone' });
      return { plan: id, ...done };
    },
  };
}

/** Signs as before and after the plan; files of the folder stand over both. */
async function moverOf(parts: ListJobParts, plan: StoredPlan): Promise<CrashMover> {
  const { lists, signer } = parts;
  const { version } = lists.inForce();
  return new CrashMover(parts, {
    old: await signer(lists.withEdited(plan.before, version)),
    new: await signer(lists.withEdited(plan.after, version)),
  });
}

async function eachChunk(
  run: JobRun<unknown>,
  plan: StoredPlan,
  move: (chunk: number) => Promise<{ changed: number; skipped: number }>,
): Promise<{ changed: number; skipped: number; asListed: boolean }> {
  const start = run.checkpoint<{ chunk: number; changed: number; skipped: number }>();
  let { chunk, changed, skipped } = start ?? { chunk: 0, changed: 0, skipped: 0 };
  for (; chunk < plan.chunks; chunk++) {
    await run.pausePoint();
    const moved = await move(chunk);
    changed += moved.changed;
    skipped += moved.skipped;
    await run.saveCheckpoint({ chunk: chunk + 1, changed, skipped });
    run.progress(Math.min(plan.moved, (chunk + 1) * chunkSize), plan.moved, 'writing signatures');
  }
  return { changed, skipped, asListed: skipped === 0 };
}

function wanted<P>({ params }: JobRun<P>): P {
  if (params !== undefined) return params;
  throw new FaultlineError('Malformed', 'JOB_PARAMS_INVALID', 'This job runs only when it is asked for something.');
}

function wrongStatus({ status }: StoredPlan): FaultlineError {
  return new FaultlineError('Conflict', 'PLAN_STATUS', `The plan is ${status}.`, {
    hint: 'Make a new preview; a plan is applied once, and undone once.',
  });
}

function listsChanged(version: number): FaultlineError {
  return new FaultlineError('Conflict', 'LISTS_CHANGED', 'The lists were changed meanwhile.', {
    hint: 'Look at them again, then make the change once more. Later changes are undone before earlier ones.',
    details: { version },
  });
}
