/** Answers a checked query from a snapshot of the index. */
import type { FieldDefinition } from '@faultline/sdk';
import { isSearchable, valueKind, type CheckedFilter, type CheckedQuery } from '@faultline/sdk/search';
import type { SearchResult, SearchRow, SearchValue } from '@faultline/sdk/search-query';
import { codeAt, numberAt, type Column } from '../columns/column.js';
import type { IndexSnapshot } from '../crash-index.js';
import { definitionHash } from '../field-hashes.js';
import type { RowSource } from '../segments/row-source.js';
import type { StringTable } from '../strings/string-table.js';
import type { CodeSet, TextCondition } from '../strings/text-matches.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { asValue, type FacetContext } from './facet-context.js';
import { countFacets } from './facets.js';
import { matchingRows, namedFilter, ScratchRows, type MatchContext } from './matching-rows.js';
import { selected, type Selected } from './selection.js';
import { idOf, topRows, type RankedRow } from './top-rows.js';
import { Turns } from './turns.js';

export type QueryAnswer = Pick<SearchResult, 'total' | 'rows' | 'cursor' | 'facets'>;

/** Columns of fields that are not indexed are left out of the rows. */
export async function runQuery(
  query: CheckedQuery,
  snapshot: IndexSnapshot,
  signal: AbortSignal | undefined,
): Promise<QueryAnswer> {
  const after = decodeCursor(query);
  const turns = new Turns(signal);
  signal?.throwIfAborted();
  const hashes = new Map(fieldsOf(query).map((field) => [field.id, definitionHash(field)]));
  // Values that were indexed by another definition of the field are as good as missing until they are filled in.
  const column = (source: RowSource, field: string): Column | undefined =>
    source.hashOf(field) === hashes.get(field) ? source.column(field) : undefined;
  const context: FacetContext = { turns, column, table: (field) => snapshot.tables.table(field) };
  const selection = await select(query, snapshot, { turns, column, hashes });
  const total = selection.reduce((sum, { count }) => sum + count, 0);
  const [facets = {}] = await countFacets(query.facets, selection, 1, context);
  const top = await topRows(selection, { sort: query.sort, limit: query.limit, after }, context);
  const tables = await tablesOf(query.columns, context);
  const rows: SearchRow[] = [];
  for (const ranked of top.rows) {
    rows.push(rowOf(ranked, query.columns, { column, tables }));
    if (turns.isDue) await turns.next();
  }
  return { total, rows, cursor: top.next === null ? null : encodeCursor(top.next, query), facets };
}

const submitted: FieldDefinition = {
  id: 'submitted_timestamp',
  title: '',
  type: 'date',
  description: '',
  permission: 'public',
};

function datesOf({ from, to }: CheckedQuery): CheckedFilter[] {
  return [
    { kind: 'number', field: submitted, operator: 'gte', value: from },
    { kind: 'number', field: submitted, operator: 'lt', value: to },
  ];
}

function fieldsOf(query: CheckedQuery): FieldDefinition[] {
  const fields: FieldDefinition[] = [submitted, ...[...query.sort, ...query.columns].map(({ field }) => field)];
  const addFilter = (filter: CheckedFilter): void => {
    if ('filters' in filter) filter.filters.forEach(addFilter);
    else if (filter.kind === 'not') addFilter(filter.filter);
    else fields.push(filter.field);
  };
  const addFacets = (facets: CheckedQuery['facets']): void => {
    for (const facet of facets) {
      fields.push(facet.field);
      if (facet.kind === 'terms' || facet.kind === 'histogram') addFacets(facet.facets);
    }
  };
  if (query.filter !== null) addFilter(query.filter);
  addFacets(query.facets);
  return fields;
}

/** Looks at each distinct string once for the whole query. */
async function codesFor(
  filter: CheckedFilter | null,
  snapshot: IndexSnapshot,
  turns: Turns,
  found = new Map<CheckedFilter, CodeSet>(),
): Promise<Map<CheckedFilter, CodeSet>> {
  if (filter === null) return found;
  const alternatives = alternativesOfOneField(filter);
  const [first] = alternatives ?? [];
  if (alternatives !== null && first !== undefined) {
    const matches = await snapshot.tables.matches(first.field.id);
    found.set(filter, await matches.codesForAny(alternatives, turns));
  } else if ('filters' in filter) {
    for (const inner of filter.filters) await codesFor(inner, snapshot, turns, found);
  } else if (filter.kind === 'not') {
    await codesFor(filter.filter, snapshot, turns, found);
  } else if (filter.kind === 'text' && filter.field.id !== 'crash_id') {
    const matches = await snapshot.tables.matches(filter.field.id);
    found.set(filter, await matches.codesFor(filter, turns));
  }
  return found;
}

/** Alternatives for one text field ("any of these signatures") are looked up together, in one pass over the rows. */
function alternativesOfOneField(filter: CheckedFilter): TextCondition[] | null {
  if (filter.kind !== 'any' || filter.filters.length < 2) return null;
  const conditions: TextCondition[] = [];
  for (const inner of filter.filters) {
    if (inner.kind !== 'text' || inner.field.id === 'crash_id') return null;
    if (inner.field.id !== (conditions[0] ?? inner).field.id) return null;
    conditions.push(inner);
  }
  return conditions;
}

async function select(
  query: CheckedQuery,
  snapshot: IndexSnapshot,
  { turns, column, hashes }: Pick<MatchContext, 'turns' | 'column'> & { hashes: ReadonlyMap<string, string> },
): Promise<Selected[]> {
  const wanted = { dates: datesOf(query), filter: namedFilter(query.filter, hashes) };
  // Where the rows of the filter are known in every segment, no string is looked at.
  let made: Promise<MatchContext> | null = null;
  const context = (): Promise<MatchContext> =>
    (made ??= codesFor(query.filter, snapshot, turns).then((codes) => ({
      codes,
      turns,
      column,
      scratch: new ScratchRows(),
    })));
  const selection: Selected[] = [];
  for (const source of snapshot.sources) {
    const rows = await matchingRows(source, wanted, context);
    if (rows !== 'none') selection.push(selected(source, rows));
  }
  return selection;
}

async function tablesOf(columns: CheckedQuery['columns'], context: FacetContext): Promise<Map<string, StringTable>> {
  const tables = new Map<string, StringTable>();
  for (const { field } of columns) {
    const isText = field.id !== 'crash_id' && isSearchable(field) && valueKind(field.type) !== 'number';
    if (isText) tables.set(field.id, await context.table(field.id));
  }
  return tables;
}

interface CellContext {
  column: FacetContext['column'];
  /** Of all text columns. */
  tables: ReadonlyMap<string, StringTable>;
}

function rowOf(ranked: RankedRow, columns: CheckedQuery['columns'], context: CellContext): SearchRow {
  const { source } = ranked.part.selected;
  const id = idOf(ranked);
  const row: SearchRow = { crash_id: id };
  for (const { name, field } of columns) {
    if (field.id === 'crash_id') row[name] = id;
    else if (isSearchable(field)) row[name] = indexedCell(field, { source, row: ranked.row }, context);
  }
  return row;
}

function indexedCell(
  field: FieldDefinition,
  { source, row }: { source: RowSource; row: number },
  { column: columnOf, tables }: CellContext,
): SearchValue | SearchValue[] | null {
  const column = columnOf(source, field.id);
  if (column === undefined) return null;
  if (valueKind(field.type) === 'number') return asValue(field, numberAt(column, row));
  const textOf = (code: number): string => tables.get(field.id)?.textOf(code) ?? '';
  if (column.kind !== 'lists') {
    const code = codeAt(column, row);
    return code === 0 ? null : textOf(code);
  }
  const codes = column.codes.subarray(column.starts[row], column.starts[row + 1]);
  return codes.length === 0 ? null : Array.from(codes, textOf);
}

/** Whether a source can hold rows of the query's dates. */
export function mayHold(source: RowSource, query: Pick<CheckedQuery, 'from' | 'to'>): boolean {
  const extent = source.extentOf(submitted.id);
  return extent === null || (extent.low < query.to && extent.high >= query.from);
}
