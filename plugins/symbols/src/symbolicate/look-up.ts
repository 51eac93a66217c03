import type { ModuleSymbols } from '@faultline/sdk/module-symbols';
import { SymbolIndexReader } from '@faultline/symbols';
import type { ClosableSymbolProvider } from '../provider/create-symbol-provider.js';
import type { LookedUp, TextProblems, WorkerWish } from './worker-protocol.js';

const shownProblems = 20;

/** One module in every place, as a walk asks. */
export async function lookUp(
  provider: Pick<ClosableSymbolProvider, 'find' | 'forgetMisses'>,
  { module, isFresh }: NonNullable<WorkerWish['lookUp']>,
): Promise<LookedUp> {
  if (isFresh) provider.forgetMisses(module);
  const { symbols, attempts, isCorrupt } = await provider.find(module);
  return {
    isFound: symbols !== null,
    isCorrupt,
    origin: symbols?.origin ?? '',
    attempts: attempts.map((attempt) => ({ ...attempt, reason: attempt.reason ?? '' })),
    problems: symbols === null ? null : problemsOf(symbols),
  };
}

/** The lines themselves are other people's text: their number and what is wrong is enough. */
function problemsOf(symbols: ModuleSymbols): TextProblems | null {
  if (!(symbols instanceof SymbolIndexReader)) return null;
  const { total, first } = symbols.directory.problems;
  return { total, first: first.slice(0, shownProblems).map(({ line, reason }) => ({ line, reason })) };
}
