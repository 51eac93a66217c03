import type { FieldDefinition, ProcessedCrash, SearchEngine } from '@faultline/sdk';
import type { SearchQuery, SearchResult } from '@faultline/sdk/search-query';
import { MemoryFieldDictionary } from '../../memory-field-dictionary.js';
import { NaiveSearchEngine } from '../../naive-search-engine.js';

/** An engine that starts empty. */
export interface SearchEngineUnderTest {
  engine: SearchEngine;
  /** Brings all that is waiting to rest on disk, where the engine has a disk; so that both states are queried. */
  settle?(): Promise<void>;
  close(): Promise<void>;
}

/** The fields of the suite: one of each type. */
export const searchSuiteFields: readonly FieldDefinition[] = [
  field('signature', 'string'),
  field('product', 'keyword'),
  field('version', 'keyword'),
  field('uptime', 'integer'),
  field('load', 'number'),
  field('startup_crash', 'boolean'),
  field('install_date', 'date'),
  field('modules', 'list'),
  field('cpu_count', 'integer', { path: 'json_dump.system_info.cpu_count' }),
  field('url', 'string', { permission: 'protected' }),
  field('json_dump', 'object'),
  field('app_notes', 'stored'),
];
export const suiteDictionary = new MemoryFieldDictionary(searchSuiteFields);

/** All crashes of the suite, newest first. */
export const everything: SearchQuery = {
  filter: null,
  from: '2026-11-01T00:00:00Z',
  to: '2026-12-01T00:00:00Z',
  sort: [],
  limit: 100,
  cursor: null,
  columns: [],
  facets: [],
};

function field(id: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}): FieldDefinition {
  return { id, title: id, type, description: '', permission: 'public', ...more };
}

/** Time, completeness and the cursor's form differ between engines. */
export function comparable({ total, rows, facets, cursor }: SearchResult) {
  return { total, rows, facets, hasMore: cursor !== null };
}
/** The engine of one test, and the naive one beside it that holds the same crashes. */
export class SearchTrial {
  subject!: SearchEngineUnderTest;
  naive = new NaiveSearchEngine(suiteDictionary);

  begin(subject: SearchEngineUnderTest): void {
    this.subject = subject;
    this.naive = new NaiveSearchEngine(suiteDictionary);
  }

  both = async (batch: { crash: ProcessedCrash; run: number }[]): Promise<void> => {
    await this.subject.engine.index(batch);
    await this.naive.index(batch);
  };

  search = (query: Partial<SearchQuery>, mayViewProtected = true): Promise<SearchResult> =>
    this.subject.engine.search({ ...everything, ...query }, { mayViewProtected });
}
