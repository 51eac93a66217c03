import { fieldChanges, keptValueLimit } from '@faultline/sdk';
import type {
  Clock,
  CrashId,
  CrashStorage,
  JsonValue,
  ProcessedCrash,
  RunRecord,
  ServerInfo,
  StoredCrash,
} from '@faultline/sdk';
import type { FieldPatch } from '@faultline/sdk/processing-rule';
import { signedFields, signedPatch, type Signer } from '../signer.js';
import type { AppliedMove, PlanStore } from './plan.js';

export interface CrashMoverParts {
  plans: PlanStore;
  storage: CrashStorage;
  clock: Clock;
  server: Pick<ServerInfo, 'host'>;
  sinks(): Promise<string[]>;
}

/** What became of a chunk; `skipped` crashes were changed by somebody else since they were listed. */
interface Moved {
  changed: number;
  skipped: number;
}

/** What to write; `there` when it is written already, `other` when the crash is not what was listed. */
type CrashChange = (crash: ProcessedCrash) => FieldPatch | 'there' | 'other';

/** Crashes that share a sync of the disk. */
const writtenAtOnce = 32;

/** Writes signatures that were listed, as runs of their own, and takes them back. */
export class CrashMover {
  constructor(
    private readonly parts: CrashMoverParts,
    private readonly signers: { old: Signer; new: Signer },
  ) {}

  async apply(plan: string, chunk: number): Promise<Moved> {
    const { plans } = this.parts;
    // What was there is written down before anything changes: a run that is killed knows it still.
    let moves = await plans.applied(plan, chunk);
    if (moves === null) {
      moves = await Promise.all((await plans.moves(plan, chunk)).map((move) => this.withBefore(move)));
      await plans.saveApplied(plan, chunk, moves);
    }
    return await this.each(moves, ({ from, to }) => (crash) => {
      if (crash.signature === to) return 'there';
      const result = this.signers.new.sign(crash);
      // Exactly what was listed, or nothing.
      return crash.signature === from && result.signature === to ? signedPatch(result) : 'other';
    });
  }

  async undo(plan: string, chunk: number): Promise<Moved> {
    const moves = (await this.parts.plans.applied(plan, chunk)) ?? [];
    return await this.each(moves, ({ from, to, before }) => (crash) => {
      if (crash.signature === from) return 'there';
      if (crash.signature !== to) return 'other';
      return before === null ? signedPatch(this.signers.old.sign(crash)) : patchOf(before);
    });
  }

  private async each(moves: readonly AppliedMove[], changeOf: (move: AppliedMove) => CrashChange): Promise<Moved> {
    const moved: Moved = { changed: 0, skipped: 0 };
    for (let start = 0; start < moves.length; start += writtenAtOnce) {
      const some = moves.slice(start, start + writtenAtOnce);
      const done = await Promise.all(some.map((move) => this.write(move.crashId, changeOf(move))));
      for (const isDone of done) moved[isDone ? 'changed' : 'skipped'] += 1;
    }
    return moved;
  }

  /** The fields themselves are kept only where the old lists don't give them back. */
  private async withBefore(move: Omit<AppliedMove, 'before'>): Promise<AppliedMove> {
    const crash = await this.parts.storage.processedCrash(move.crashId);
    if (crash === null) return { ...move, before: null };
    const before = fieldsOf(crash);
    const again = fieldsOf({ ...crash, ...signedPatch(this.signers.old.sign(crash)) });
    return { ...move, before: JSON.stringify(before) === JSON.stringify(again) ? null : before };
  }

  /** False when the crash is gone, in work, or not as expected. */
  private async write(id: CrashId, change: CrashChange): Promise<boolean> {
    for (;;) {
      const stored = await this.parts.storage.load(id);
      // A run that is on its way uses the lists in force by itself.
      if (stored === null || stored.processed === null || stored.pending !== null) return false;
      const patch = change(stored.processed);
      if (patch === 'there') return true;
      if (patch === 'other') return false;
      const outcome = await this.commit(stored, stored.processed, patch);
      if (outcome !== 'superseded') return outcome === 'committed';
    }
  }

  private async commit(
    { runs }: StoredCrash,
    crash: ProcessedCrash,
    patch: FieldPatch,
  ): ReturnType<CrashStorage['commitRun']> {
    const { storage, clock, server, sinks } = this.parts;
    const last = runs.at(-1)?.run ?? 0;
    const processed = patched(crash, patch);
    const now = new Date(clock.now()).toISOString();
    const changed = signedFields.filter((field) => JSON.stringify(crash[field]) !== JSON.stringify(processed[field]));
    const record: RunRecord = {
      run: last + 1,
      ruleset: 'regenerate-signature',
      reason: 'reprocess',
      started: now,
      completed: now,
      status: crash.status,
      signature: processed.signature,
      stackwalk: null,
      rules: [],
      notes: ['Lists or rules of signatures were changed'],
      changed,
      values: fieldChanges(crash, processed, changed, keptValueLimit),
      host: server.host,
    };
    return await storage.commitRun({
      crashId: crash.crash_id,
      run: last + 1,
      expectedRun: last,
      processed,
      record,
      sinks: await sinks(),
    });
  }
}

function fieldsOf(crash: Readonly<Record<string, JsonValue | undefined>>): Record<string, JsonValue> {
  return Object.fromEntries(
    signedFields.flatMap((field) => {
      const value = crash[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** A field that was not there is taken away again. */
function patchOf(before: Readonly<Record<string, JsonValue>>): FieldPatch {
  return Object.fromEntries(signedFields.map((field) => [field, before[field]]));
}

function patched(crash: ProcessedCrash, patch: FieldPatch): ProcessedCrash {
  const next: ProcessedCrash = { ...crash };
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) Reflect.deleteProperty(next, field);
    else next[field] = value;
  }
  return next;
}
