/**
 * Whether a server is asked at all. One that fails twice in a row is left alone, longer each time; after the pause one
 * question goes out, and its answer opens or closes the way for the rest. A dump has a hundred modules: without this,
 * a server that hangs costs a hundred timeouts.
 */
import type { Milliseconds, UnixMillis } from '@faultline/sdk/units';

const failuresToOpen = 2;
const firstPause: Milliseconds = 60_000;
const longestPause: Milliseconds = 30 * 60_000;
/** A server may ask for quiet (Retry-After), but not for ever. */
const longestWish: Milliseconds = 60 * 60_000;

/** A type: it is shared as JSON. */
export type CircuitState = {
  /** In a row. */
  failures: number;
  /** Pauses in a row. */
  pauses: number;
  /** Not asked before then; 0 while all is well. */
  openUntil: UnixMillis;
};

export const closedCircuit: CircuitState = { failures: 0, pauses: 0, openUntil: 0 };

export type CircuitPhase = 'closed' | 'open' | 'half-open';

export function phaseOf(state: CircuitState, now: UnixMillis): CircuitPhase {
  if (state.openUntil === 0) return 'closed';
  return now < state.openUntil ? 'open' : 'half-open';
}

/** @param wish what the server asked for (Retry-After); null when it said nothing */
export function afterFailure(state: CircuitState, now: UnixMillis, wish: Milliseconds | null): CircuitState {
  const failures = state.failures + 1;
  if (wish !== null) return { ...state, failures, openUntil: now + Math.min(Math.max(wish, 1000), longestWish) };
  const mustOpen = failures >= failuresToOpen || phaseOf(state, now) === 'half-open';
  if (!mustOpen) return { ...state, failures };
  const pause = Math.min(firstPause * 2 ** state.pauses, longestPause);
  return { failures: 0, pauses: state.pauses + 1, openUntil: now + pause };
}
