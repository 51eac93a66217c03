import type { Clock, CrashId, FieldDictionary, SearchEngine } from '@faultline/sdk';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { FaultlineError } from '@faultline/sdk/errors';
import { parseSearchText, searchFields, submittedRange } from '@faultline/sdk/search';
import type { SearchQuery } from '@faultline/sdk/search-query';

/** Crashes that one erasure may take: what is typed in a moment must not be able to empty the store. */
export const erasureLimit = 100_000;
const pageSize = 10_000;

export interface SearchParts {
  engine: SearchEngine;
  fields: FieldDictionary;
  clock: Clock;
}

/**
 * Ids of all crashes that a query finds, over all days unless it names dates. Throws as `parseSearchText` and
 * `SearchEngine.search` do; `Malformed ERASE_QUERY_EMPTY`, `TooLarge ERASE_TOO_MANY`, `Unavailable INDEX_INCOMPLETE`.
 */
export async function crashesOfQuery(
  text: string,
  { engine, fields, clock }: SearchParts,
  options: { mayViewProtected: boolean; signal: AbortSignal },
): Promise<CrashId[]> {
  const filter = parseSearchText(text, {
    fields: searchFields(fields.all(), options.mayViewProtected),
    now: clock.now(),
  });
  if (filter === null) {
    throw new FaultlineError('Malformed', 'ERASE_QUERY_EMPTY', 'The query finds everything.', {
      hint: 'Say which crashes are to be erased.',
    });
  }
  const { from, to } = submittedRange(filter);
  const query: SearchQuery = {
    filter,
    from: from ?? '2000-01-01T00:00:00.000Z',
    to: to ?? '2100-01-01T00:00:00.000Z',
    sort: [],
    limit: pageSize,
    cursor: null,
    columns: [],
    facets: [],
  };
  const ids: CrashId[] = [];
  for (;;) {
    const { rows, cursor, total, completeness } = await engine.search(query, options);
    if (total > erasureLimit) throw tooMany(total);
    if (completeness < 1) {
      throw new FaultlineError('Unavailable', 'INDEX_INCOMPLETE', 'The index does not hold every crash yet.', {
        hint: 'Wait until it is built, or name the crashes by their ids.',
        details: { completeness },
      });
    }
    for (const { crash_id: id } of rows) if (typeof id === 'string') ids.push(id);
    if (cursor === null || rows.length === 0) return ids;
    query.cursor = cursor;
  }
}

/** Throws `Malformed CRASH_ID_INVALID`, `TooLarge ERASE_TOO_MANY`. */
export function crashesOfList(lines: readonly string[]): CrashId[] {
  const ids = new Set<CrashId>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const id = parseCrashId(line);
    if (id === null) {
      throw new FaultlineError('Malformed', 'CRASH_ID_INVALID', `Line ${index + 1} is not a crash id.`, {
        hint: 'One id on each line, like bp-3f2a9c10-5b6d-4e7f-8a9b-0c1d20261122.',
      });
    }
    ids.add(id);
  }
  if (ids.size > erasureLimit) throw tooMany(ids.size);
  return [...ids];
}

function tooMany(count: number): FaultlineError {
  return new FaultlineError('TooLarge', 'ERASE_TOO_MANY', `${count} crashes are more than ${erasureLimit}.`, {
    hint: 'Erase them in parts, by day or by version.',
    details: { count, limit: erasureLimit },
  });
}
