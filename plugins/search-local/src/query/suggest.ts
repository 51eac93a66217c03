/** Type-ahead over the distinct strings of a field; `SearchEngine.suggest` says what is suggested, in what order. */
import type { Suggestion } from '@faultline/sdk';
import { isSuggested, type CheckedSuggest } from '@faultline/sdk/search';
import { definitionHash } from '../field-hashes.js';
import type { IndexSnapshot } from '../crash-index.js';
import type { RowSource } from '../segments/row-source.js';
import { BestOf } from './best-of.js';
import { Turns } from './turns.js';

/** Strings looked at between two looks at the clock. */
const stride = 2_000;

interface Candidate {
  code: number;
  /** 0 when the value begins with the prefix, else 1. */
  rank: number;
}

export async function runSuggest(
  request: CheckedSuggest,
  snapshot: IndexSnapshot,
  signal: AbortSignal | undefined,
): Promise<Suggestion[]> {
  const turns = new Turns(signal);
  const table = await snapshot.tables.table(request.field.id);
  const candidates: Candidate[] = [];
  const look = (code: number): void => {
    const text = table.textOf(code);
    if (!isSuggested(text, request)) return;
    candidates.push({ code, rank: text.toLowerCase().startsWith(request.prefix) ? 0 : 1 });
  };
  const { size } = table;
  const known = snapshot.tables.wordCandidates(table, request.words);
  for (let index = 0; index < (known?.length ?? size); index++) {
    look(known === null ? index + 1 : (known[index] ?? 0));
    if (index % stride === 0) await turns.next();
  }
  const counts = await crashesByCode(request, size, snapshot.sources, turns);
  const best = new BestOf<Candidate>(request.limit, (a, b) => {
    const byCount = a.rank - b.rank || (counts[b.code] ?? 0) - (counts[a.code] ?? 0);
    return byCount === 0 ? table.compare(a.code, b.code) : byCount;
  });
  for (const candidate of candidates) if ((counts[candidate.code] ?? 0) > 0) best.offer(candidate);
  return best.inOrder().map(({ code }) => ({ value: table.textOf(code), crashes: counts[code] ?? 0 }));
}

/** Crashes that have a value, by its code. */
async function crashesByCode(
  { field }: CheckedSuggest,
  size: number,
  sources: readonly RowSource[],
  turns: Turns,
): Promise<Uint32Array> {
  const counts = new Uint32Array(size + 1);
  const hash = definitionHash(field);
  const seenIn = new Float64Array(size + 1);
  let list = 0;
  for (const source of sources) {
    if (source.hashOf(field.id) !== hash) continue;
    const column = source.column(field.id);
    const totals = source.deleted === null && column?.kind === 'codes' ? source.totals(field.id, column) : null;
    if (totals !== null) {
      totals.ordinals.forEach((code, index) => {
        counts[code] = (counts[code] ?? 0) + (totals.counts[index] ?? 0);
      });
      continue;
    }
    for (let row = 0; row < source.rows; row++) {
      if (source.deleted?.[row] === 1) continue;
      if (column?.kind === 'codes') {
        const code = column.codes[row] ?? 0;
        counts[code] = (counts[code] ?? 0) + 1;
      } else if (column?.kind === 'lists') {
        list++;
        const end = column.starts[row + 1] ?? 0;
        for (let at = column.starts[row] ?? 0; at < end; at++) {
          const code = column.codes[at] ?? 0;
          // A value that stands twice in one list is of one crash.
          if (seenIn[code] === list) continue;
          seenIn[code] = list;
          counts[code] = (counts[code] ?? 0) + 1;
        }
      }
    }
    await turns.next();
  }
  return counts;
}
