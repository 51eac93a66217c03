import type { StateStore } from '@faultline/sdk';
import type { GroupHistoryEntry } from '@faultline/sdk/api';
import { GroupMap } from './group-map.js';
import { newRecord, type GroupRecord } from './group-record.js';

/** A group as it is kept. */
interface StoredGroup {
  /** Grows with each entry of the history, not with the counts of a mute. */
  version: number;
  record: GroupRecord;
  /** What made this version, and what was before it: written with the record, so that no change lacks its history. */
  entry: GroupHistoryEntry;
  before: GroupRecord;
}

/** A change as the history keeps it. */
export interface KeptChange {
  entry: GroupHistoryEntry;
  before: GroupRecord;
}

export interface GroupState {
  record: GroupRecord;
  /** 0 while nobody has touched it. */
  version: number;
  last: GroupHistoryEntry | null;
}

/** Every group that was touched, at one moment. */
export interface GroupsNow {
  map: GroupMap;
  versions: ReadonlyMap<string, number>;
}

const groupKey = (id: string) => ['triage', 'group', id] as const;
const historyKey = (id: string) => ['triage', 'history', id] as const;

/** Groups and their histories in the state store. */
export class GroupStore {
  constructor(private readonly state: StateStore) {}

  async all(): Promise<GroupsNow> {
    const records: GroupRecord[] = [];
    const versions = new Map<string, number>();
    for await (const { value } of this.state.range<StoredGroup>({ prefix: ['triage', 'group'] })) {
      records.push(value.record);
      versions.set(value.record.id, value.version);
    }
    return { map: new GroupMap(records), versions };
  }

  async get(id: string, signature: string): Promise<GroupState> {
    const stored = await this.state.get<StoredGroup>(groupKey(id));
    if (stored === null) return { record: newRecord(signature), version: 0, last: null };
    const { record, version, entry } = stored.value;
    return { record, version, last: entry };
  }

  /**
   * Reads the group, changes it, writes it; again when somebody else wrote meanwhile. `change` gets the group as it is
   * and gives what it becomes, with its line of history (null: counted only), or null to leave it.
   */
  async update(
    { id, signature }: Pick<GroupRecord, 'id' | 'signature'>,
    change: (now: GroupState) => { record: GroupRecord; entry: Omit<GroupHistoryEntry, 'version'> | null } | null,
  ): Promise<GroupState> {
    for (;;) {
      const found = await this.state.get<StoredGroup>(groupKey(id));
      const now: GroupState =
        found === null
          ? { record: newRecord(signature), version: 0, last: null }
          : { record: found.value.record, version: found.value.version, last: found.value.entry };
      const next = change(now);
      if (next === null) return now;
      const stored = storedGroup(now, next, found?.value ?? null);
      if ((await this.state.compareAndSet(groupKey(id), found?.version ?? 0, stored)) === null) continue;
      if (next.entry !== null) await this.keep(id, stored);
      return { record: stored.record, version: stored.version, last: stored.entry };
    }
  }

  /** Newest first. */
  async history(id: string, limit: number): Promise<KeptChange[]> {
    const current = await this.state.get<StoredGroup>(groupKey(id));
    const kept: KeptChange[] = [];
    for await (const { value } of this.state.range<KeptChange>({ prefix: historyKey(id), reverse: true, limit })) {
      kept.push(value);
    }
    // A process that was killed between the two writes left the newest beside its record only.
    if (current !== null && kept[0]?.entry.version !== current.value.version) {
      kept.unshift({ entry: current.value.entry, before: current.value.before });
    }
    return kept;
  }

  private async keep(id: string, { version, entry, before }: StoredGroup): Promise<void> {
    const change: KeptChange = { entry, before };
    await this.state.set([...historyKey(id), version], change);
  }
}

function storedGroup(
  now: GroupState,
  next: { record: GroupRecord; entry: Omit<GroupHistoryEntry, 'version'> | null },
  found: StoredGroup | null,
): StoredGroup {
  if (next.entry === null && found !== null) return { ...found, record: next.record };
  const version = now.version + 1;
  const entry = next.entry ?? { at: '', actor: '', actorName: '', what: 'count', text: '', operation: '' };
  return { version, record: next.record, entry: { ...entry, version }, before: now.record };
}
