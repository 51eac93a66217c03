import { groupId, newRecord, type GroupRecord } from './group-record.js';

/**
 * Which group each signature belongs to. A merge is written in one place, the group that takes another in, so that it
 * happens wholly or not at all; the group taken in keeps its own record untouched (with what it has itself taken in),
 * to come back at a split. Where two groups claim one signature (two people at once), the earlier claim counts; so it
 * does where two groups claim each other.
 */
export class GroupMap {
  readonly #byId: ReadonlyMap<string, GroupRecord>;
  /** Signature to the group that took it in. */
  readonly #parents = new Map<string, GroupRecord>();
  /** Group id to what it took in, directly. */
  readonly #children = new Map<string, string[]>();

  constructor(records: Iterable<GroupRecord>) {
    this.#byId = new Map([...records].map((record) => [record.id, record]));
    const claims = [...this.#byId.values()].flatMap((record) =>
      record.members.map(({ signature, since }) => ({ signature, since, record })),
    );
    claims.sort((a, b) => a.since - b.since || (a.record.id < b.record.id ? -1 : 1));
    for (const { signature, record } of claims) {
      if (this.#parents.has(signature) || this.rootOf(record).signature === signature) continue;
      this.#parents.set(signature, record);
      this.#children.set(record.id, [...(this.#children.get(record.id) ?? []), signature]);
    }
  }

  /** The record of the group that the signature belongs to; a fresh one when nobody touched it. */
  groupOf(signature: string): GroupRecord {
    return this.rootOf(this.ownRecord(signature));
  }

  /** The record that names the signature as a member; undefined for a signature that was not merged. */
  parentOf(signature: string): GroupRecord | undefined {
    return this.#parents.get(signature);
  }

  /** Every record, those of merged groups too. */
  records(): GroupRecord[] {
    return [...this.#byId.values()];
  }

  /** Groups that somebody touched and that were not merged into another. */
  groups(): GroupRecord[] {
    return [...this.#byId.values()].filter(({ signature }) => !this.#parents.has(signature));
  }

  /** All signatures of a group, its own first. */
  signaturesOf(record: GroupRecord): string[] {
    return this.recordsOf(record).map(({ signature }) => signature);
  }

  /** The group's own record, and those that it took in. */
  recordsOf(record: GroupRecord): GroupRecord[] {
    const inside = this.#children.get(record.id) ?? [];
    return [record, ...inside.flatMap((signature) => this.recordsOf(this.ownRecord(signature)))];
  }

  /** Signatures that count as another's group. */
  merged(): string[] {
    return [...this.#parents.keys()];
  }

  private ownRecord(signature: string): GroupRecord {
    return this.#byId.get(groupId(signature)) ?? newRecord(signature);
  }

  private rootOf(record: GroupRecord): GroupRecord {
    let root = record;
    for (
      let parent = this.#parents.get(root.signature);
      parent !== undefined;
      parent = this.#parents.get(root.signature)
    ) {
      root = parent;
    }
    return root;
  }
}
