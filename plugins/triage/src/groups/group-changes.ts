import type { Clock, Principal, Random, StateStore } from '@faultline/sdk';
import type { GroupChange, GroupHistoryEntry, GroupOutcome } from '@faultline/sdk/api';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { applyChange, type ChangeContext, type OwnChange } from './apply-change.js';
import type { GroupAnnouncer } from './group-announcer.js';
import type { GroupMap } from './group-map.js';
import { asOf, groupId, type GroupRecord, type LatestSeen } from './group-record.js';
import type { GroupState, GroupStore, GroupsNow } from './group-store.js';

/** One thing that somebody asked for: what it did to which groups, so that it can be undone. */
export interface Operation {
  id: string;
  at: string;
  actor: string;
  actorName: string;
  what: string;
  /** Each with the versions of the group that it made, the first and the last. */
  items: { id: string; signature: string; first: number; last: number }[];
}

/** What became of one of the groups; `state` is the group's own. */
export type ChangeOutcome = Omit<GroupOutcome, 'triage'> & { group: GroupRecord | null };

export interface GroupChangesParts {
  state: StateStore;
  groups: GroupStore;
  announcer: GroupAnnouncer;
  clock: Clock;
  random: Random;
  /** Where a group was seen last, by product. */
  latestSeen(signatures: readonly string[]): Promise<LatestSeen>;
}

interface Asked {
  signature: string;
  version?: number | undefined;
}

/** Changes after which signatures may belong to other groups. */
const structural: ReadonlySet<GroupChange['do']> = new Set(['merge', 'split', 'alias']);

const operationKey = (id: string) => ['triage', 'operation', id] as const;

/** Changes that people make: one change to one group or many, each with its own outcome, all undone together. */
export class GroupChanges {
  constructor(private readonly parts: GroupChangesParts) {}

  async change(
    asked: readonly Asked[],
    change: GroupChange,
    principal: Pick<Principal, 'id' | 'name'>,
  ): Promise<{ operation: string; outcomes: ChangeOutcome[] }> {
    const operation = this.newOperation(change.do, principal);
    const outcomes: ChangeOutcome[] = [];
    let now = await this.parts.groups.all();
    for (const [index, one] of asked.entries()) {
      // A merge changes whose group the next signature belongs to.
      if (index > 0 && structural.has(change.do)) now = await this.parts.groups.all();
      outcomes.push(await this.changeOne(one, change, now, operation));
    }
    return { operation: await this.keep(operation), outcomes };
  }

  /** @throws NotFound OPERATION_UNKNOWN */
  async undo(
    id: string,
    principal: Pick<Principal, 'id' | 'name'>,
  ): Promise<{ operation: string; outcomes: ChangeOutcome[] }> {
    const found = await this.parts.state.get<Operation>(operationKey(id));
    if (found === null) {
      throw new FaultlineError('NotFound', 'OPERATION_UNKNOWN', 'There is no such change to undo.', {
        hint: 'Changes are undone by the operation that their answer named.',
      });
    }
    const operation = this.newOperation('undo', principal);
    const outcomes: ChangeOutcome[] = [];
    for (const item of found.value.items) {
      outcomes.push(await this.undoOne(item, found.value, operation));
    }
    return { operation: await this.keep(operation), outcomes };
  }

  private async changeOne(
    asked: Asked,
    change: GroupChange,
    now: GroupsNow,
    operation: Operation,
  ): Promise<ChangeOutcome> {
    const group = now.map.groupOf(asked.signature);
    try {
      const version = now.versions.get(group.id) ?? 0;
      if (asked.version !== undefined && asked.version !== version) {
        return conflict(asked.signature, await this.parts.groups.get(group.id, group.signature));
      }
      const targets = targetsOf(group, change, now.map);
      let isChanged = false;
      let after: GroupState | null = null;
      for (const { record, own } of targets) {
        const written = await this.write(record, own, operation, {
          expected: record.id === group.id ? asked.version : undefined,
          signatures: now.map.signaturesOf(record),
        });
        if (written.conflict !== null) return conflict(asked.signature, written.conflict);
        isChanged ||= written.isChanged;
        after = written.state;
      }
      const outcome = isChanged ? 'done' : 'unchanged';
      return { signature: asked.signature, outcome, group: after?.record ?? group, error: null, other: null };
    } catch (error) {
      const { code, message, kind } = asFaultlineError(error);
      if (kind === 'Internal' || kind === 'Unavailable') throw error;
      return { signature: asked.signature, outcome: 'refused', group, error: { code, message }, other: null };
    }
  }

  private async write(
    record: GroupRecord,
    change: OwnChange,
    operation: Operation,
    facts: { expected: number | undefined; signatures: readonly string[] },
  ): Promise<{ state: GroupState; isChanged: boolean; conflict: GroupState | null }> {
    const { groups, clock, announcer } = this.parts;
    const latest = change.do === 'resolve' ? await this.parts.latestSeen(facts.signatures) : {};
    let isChanged = false;
    let lost: GroupState | null = null;
    const state = await groups.update(record, (current) => {
      isChanged = false;
      lost = facts.expected !== undefined && facts.expected !== current.version ? current : null;
      if (lost !== null) return null;
      const now = clock.now();
      const context: ChangeContext = {
        now,
        actor: { id: operation.actor, name: operation.actorName },
        operation: operation.id,
        latest,
      };
      const changed = applyChange(asOf(current.record, now), change, context);
      if (changed === null) return null;
      isChanged = true;
      return { record: changed.record, entry: entryOf(operation, change.do, changed.text) };
    });
    if (isChanged) {
      addItem(operation, state);
      announcer.changed(state, change.do);
    }
    return { state, isChanged, conflict: lost };
  }

  private async undoOne(
    item: Operation['items'][number],
    undone: Operation,
    operation: Operation,
  ): Promise<ChangeOutcome> {
    const { groups, announcer } = this.parts;
    const kept = await groups.history(item.id, 1_000);
    const change = kept.find(({ entry }) => entry.version === item.first);
    let lost: GroupState | null = null;
    const state = await groups.update(item, (current) => {
      lost = current.version !== item.last || change === undefined ? current : null;
      if (lost !== null || change === undefined) return null;
      return { record: change.before, entry: entryOf(operation, 'undo', `undid: ${change.entry.text}`) };
    });
    if (lost !== null) return conflict(item.signature, lost);
    addItem(operation, state);
    announcer.changed(state, `undo ${undone.what}`);
    return { signature: item.signature, outcome: 'done', group: state.record, error: null, other: null };
  }

  private newOperation(what: string, principal: Pick<Principal, 'id' | 'name'>): Operation {
    const { random, clock } = this.parts;
    const id = Buffer.from(random.bytes(12)).toString('hex');
    const at = new Date(clock.now()).toISOString();
    return { id, at, actor: principal.id, actorName: principal.name, what, items: [] };
  }

  private async keep(operation: Operation): Promise<string> {
    if (operation.items.length === 0) return '';
    await this.parts.state.set(operationKey(operation.id), operation);
    return operation.id;
  }
}

/** What one operation writes to a group in several steps is undone in one, unless somebody wrote in between. */
function addItem({ items }: Operation, { record, version }: GroupState): void {
  const item = items.find(({ id, last }) => id === record.id && last === version - 1);
  if (item === undefined) items.push({ id: record.id, signature: record.signature, first: version, last: version });
  else item.last = version;
}

/** Which records a change is written to: a merge to the group that takes in, a split to whoever took the signature in. */
function targetsOf(group: GroupRecord, change: GroupChange, map: GroupMap): { record: GroupRecord; own: OwnChange }[] {
  switch (change.do) {
    case 'merge': {
      const into = map.groupOf(change.into);
      if (into.id === group.id) return [];
      return [{ record: into, own: { do: 'merge', signatures: [group.signature] } }];
    }
    case 'alias': {
      const taken = change.signatures.find((signature) => map.parentOf(signature) !== undefined);
      if (taken !== undefined && map.groupOf(taken).id !== group.id) {
        throw new FaultlineError('Conflict', 'SIGNATURE_TAKEN', `"${taken}" belongs to another group already.`, {
          hint: 'Split it off there first, or merge the two groups.',
        });
      }
      const own = change.signatures.filter((signature) => groupId(signature) !== group.id);
      return [
        { record: group, own: { do: 'alias', signatures: own.filter((one) => map.parentOf(one) === undefined) } },
      ];
    }
    case 'split': {
      const byParent = new Map<string, { record: GroupRecord; signatures: string[] }>();
      for (const signature of change.signatures) {
        const parent = map.groupOf(signature).id === group.id ? (map.parentOf(signature) ?? group) : group;
        const known = byParent.get(parent.id) ?? { record: parent, signatures: [] };
        known.signatures.push(signature);
        byParent.set(parent.id, known);
      }
      return [...byParent.values()].map(({ record, signatures }) => ({ record, own: { do: 'split', signatures } }));
    }
    default:
      return [{ record: group, own: change }];
  }
}

function entryOf(operation: Operation, what: string, text: string): Omit<GroupHistoryEntry, 'version'> {
  const { at, actor, actorName, id } = operation;
  return { at, actor, actorName, what, text, operation: id };
}

function conflict(signature: string, { record, last }: GroupState): ChangeOutcome {
  const who = last === null || last.actorName === '' ? 'It was changed' : `${last.actorName} changed it`;
  const message = `${who} meanwhile${last === null ? '' : `: ${last.text}`}.`;
  return { signature, outcome: 'conflict', group: record, error: { code: 'GROUP_CHANGED', message }, other: last };
}
