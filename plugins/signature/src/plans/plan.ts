import type { CrashId, JsonValue, StateStore } from '@faultline/sdk';
import type { SignaturePlan } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import type { EditedTexts } from '../lists/operator-lists.js';

/** A crash whose signature changes. */
export interface Move {
  crashId: CrashId;
  from: string;
  to: string;
}

/** What was in a crash before a plan was applied to it, where the old lists alone don't give it back. */
export interface AppliedMove extends Move {
  before: Record<string, JsonValue> | null;
}

/** A change of the lists with all it does to the crashes that were looked at. */
export interface StoredPlan extends SignaturePlan {
  /** Lists before and after, as people edited them: going back gives the very same bytes. */
  before: EditedTexts;
  after: EditedTexts;
  /** How many chunks of moves there are. */
  chunks: number;
  /** The version that applying made; 0 before. */
  appliedAs: number;
}

/** Moves of one chunk; one value of the state store. */
export const chunkSize = 500;

const planKey = (id: string) => ['signature', 'plan', id] as const;

/** Plans in the state store. */
export class PlanStore {
  constructor(private readonly state: StateStore) {}

  /** @throws NotFound PLAN_UNKNOWN */
  async get(id: string): Promise<StoredPlan> {
    const found = await this.state.get<StoredPlan>(planKey(id));
    if (found !== null) return found.value;
    throw new FaultlineError('NotFound', 'PLAN_UNKNOWN', 'There is no such plan.', {
      hint: 'A preview makes one; it is there once its job has ended.',
    });
  }

  async save(plan: StoredPlan): Promise<void> {
    await this.state.set(planKey(plan.id), plan);
  }

  async saveMoves(id: string, chunk: number, moves: readonly Move[]): Promise<void> {
    await this.state.set(['signature', 'plan-moves', id, chunk], [...moves]);
  }

  async moves(id: string, chunk: number): Promise<Move[]> {
    return (await this.state.get<Move[]>(['signature', 'plan-moves', id, chunk]))?.value ?? [];
  }

  /** Null for a chunk that was not begun. */
  async applied(id: string, chunk: number): Promise<AppliedMove[] | null> {
    return (await this.state.get<AppliedMove[]>(['signature', 'plan-applied', id, chunk]))?.value ?? null;
  }

  async saveApplied(id: string, chunk: number, moves: readonly AppliedMove[]): Promise<void> {
    await this.state.set(['signature', 'plan-applied', id, chunk], [...moves]);
  }
}
