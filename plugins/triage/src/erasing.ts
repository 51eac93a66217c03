/**
 * Forgets groups whose last crash was erased: a signature is made of a crash's function names, and may hold what was
 * to be erased. First and last appearances, the group with its notes and history, and its name in other groups go; a
 * group that has crashes left stays as it is.
 */
import { FaultlineError } from '@faultline/sdk/errors';
import type {
  CrashEraser,
  CrashId,
  CrashStorage,
  JsonValue,
  SearchEngine,
  StateEntry,
  StateStore,
} from '@faultline/sdk';
import { oneOf } from './group-queries.js';
import { groupId } from './groups/group-record.js';

/** Signatures in one question to the search engine. */
const together = 200;

const noted = ['triage', 'erasing'] as const;
const seenKey = (signature: string) => ['triage', 'seen', groupId(signature)] as const;

/** Everything that may name a signature; `seen` stands under the signature's own key. */
const naming = [
  ['triage', 'group'],
  ['triage', 'history'],
  ['triage', 'operation'],
] as const;

export interface ErasedGroupsParts {
  state: StateStore;
  storage: Pick<CrashStorage, 'processedCrash'>;
  engine(): Pick<SearchEngine, 'search' | 'status'>;
  /** What this process remembers of signatures counts no longer. */
  forgetSightings(): void;
}

export class ErasedGroups implements CrashEraser {
  readonly id = 'triage';
  readonly title = 'Groups';
  /** Of the last erasure: a delivery that was under way may have brought one back. */
  #forgotten: string[] = [];

  constructor(private readonly parts: ErasedGroupsParts) {}

  async prepare(crashIds: readonly CrashId[], signal: AbortSignal): Promise<void> {
    const { state, storage } = this.parts;
    const signatures = new Set<string>();
    for (const id of crashIds) {
      signal.throwIfAborted();
      const signature = (await storage.processedCrash(id))?.signature ?? '';
      if (signature !== '') signatures.add(signature);
    }
    for (const signature of signatures) await state.set([...noted, groupId(signature)], { signature });
  }

  async erase(_crashIds: readonly CrashId[], signal: AbortSignal): Promise<{ records: number }> {
    const { state } = this.parts;
    const rows: StateEntry<{ signature: string }>[] = [];
    for await (const row of state.range<{ signature: string }>({ prefix: noted })) rows.push(row);
    this.#forgotten = await this.#withoutCrashes(
      rows.map(({ value }) => value.signature),
      signal,
    );
    const records = await this.#forget(this.#forgotten, signal);
    for (const { key } of rows) await state.delete(key);
    return { records };
  }

  /** Once more, when sinks are asked: what was delivered meanwhile. */
  async eraseAgain(signal: AbortSignal): Promise<void> {
    if (this.#forgotten.length === 0) return;
    await this.#forget(await this.#withoutCrashes(this.#forgotten, signal), signal);
  }

  async #withoutCrashes(signatures: readonly string[], signal: AbortSignal): Promise<string[]> {
    if (signatures.length === 0) return [];
    const engine = this.parts.engine();
    if ((await engine.status()).rebuild !== null) throw beingRebuilt();
    const alone: string[] = [];
    for (let at = 0; at < signatures.length; at += together) {
      const asked = signatures.slice(at, at + together);
      const { facets } = await engine.search(
        {
          from: '1970-01-01T00:00:00.000Z',
          to: '2100-01-01T00:00:00.000Z',
          filter: oneOf(asked),
          sort: [],
          limit: 0,
          cursor: null,
          columns: [],
          facets: [{ kind: 'terms', name: 'signature', field: 'signature', size: together, facets: [] }],
        },
        { mayViewProtected: true, signal },
      );
      const found = facets['signature'];
      const alive = new Set(found?.kind === 'terms' ? found.buckets.map(({ term }) => term) : []);
      alone.push(...asked.filter((signature) => !alive.has(signature)));
    }
    return alone;
  }

  async #forget(signatures: readonly string[], signal: AbortSignal): Promise<number> {
    if (signatures.length === 0) return 0;
    const { state, forgetSightings } = this.parts;
    let records = 0;
    for (const signature of signatures) if (await state.delete(seenKey(signature))) records += 1;
    forgetSightings();
    const ids = new Set(signatures.map(groupId));
    const erased = new Set(signatures);
    const touched = new Set<string>();
    for (const prefix of naming) {
      const rows: StateEntry<JsonValue>[] = [];
      for await (const row of state.range<JsonValue>({ prefix })) rows.push(row);
      for (const row of rows) {
        signal.throwIfAborted();
        const owner = String(row.key[2]);
        if (ids.has(owner) && prefix[1] !== 'operation') {
          if (await state.delete(row.key)) records += 1;
          continue;
        }
        const left = without(row.value, erased);
        if (left.isChanged) touched.add(owner);
        // A line of history says in words what was merged.
        const isTold = touched.has(owner) && signatures.some((signature) => mentions(left.value, signature));
        if (!left.isChanged && !isTold) continue;
        if (isTold && prefix[1] === 'history') await state.delete(row.key);
        else await state.set(row.key, isTold ? wordless(left.value) : left.value);
        records += 1;
      }
    }
    return records;
  }
}

/** Without texts that are one of these, and without list items that are about one. */
function without(value: JsonValue, erased: ReadonlySet<string>): { value: JsonValue & object; isChanged: boolean } {
  let isChanged = false;
  const clean = (part: JsonValue): JsonValue => {
    if (typeof part === 'string') {
      if (!erased.has(part)) return part;
      isChanged = true;
      return '';
    }
    if (part === null || typeof part !== 'object') return part;
    if (!Array.isArray(part)) {
      return Object.fromEntries(Object.entries(part).map(([name, inside]) => [name, clean(inside)]));
    }
    const kept = part.filter((item) => !isAbout(item, erased));
    if (kept.length < part.length) isChanged = true;
    return kept.map(clean);
  };
  return { value: clean(value) as JsonValue & object, isChanged };
}

function isAbout(item: JsonValue, erased: ReadonlySet<string>): boolean {
  if (item === null || typeof item !== 'object' || Array.isArray(item)) return false;
  const { signature } = item;
  return typeof signature === 'string' && erased.has(signature);
}

function mentions(value: JsonValue, signature: string): boolean {
  return JSON.stringify(value).includes(JSON.stringify(signature).slice(1, -1));
}

/** A group's record stays; the words of its last change go. */
function wordless(value: JsonValue & object): JsonValue & object {
  return 'entry' in value && value['entry'] !== null && typeof value['entry'] === 'object'
    ? { ...value, entry: { ...value['entry'], text: '' } }
    : value;
}

function beingRebuilt(): FaultlineError {
  return new FaultlineError('Unavailable', 'SEARCH_REBUILDING', 'The search index is being built anew.', {
    hint: 'Erase again when that has ended: which groups have crashes left can be told only then.',
  });
}
