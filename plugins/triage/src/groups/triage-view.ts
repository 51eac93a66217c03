import type { UnixMillis } from '@faultline/sdk';
import type { GroupTriage } from '@faultline/sdk/api';
import { asOf, type GroupRecord } from './group-record.js';

export interface TriageFacts {
  record: GroupRecord;
  version: number;
  /** All signatures of the group, its own first. */
  signatures: readonly string[];
  owners: readonly string[];
  now: UnixMillis;
  /** Of the caller; null when he was never here. */
  lastVisit: UnixMillis | null;
  /** ISO 8601; "" when unknown. */
  firstSeen: string;
}

/** A group's triage as the API shows it. */
export function triageView({
  record,
  version,
  signatures,
  owners,
  now,
  lastVisit,
  firstSeen,
}: TriageFacts): GroupTriage {
  const { id, title, state, since, resolvedIn, muted, regression, assignee, tags, tickets, notes } = asOf(record, now);
  return {
    id,
    version,
    title,
    state,
    since: since === 0 ? '' : new Date(since).toISOString(),
    resolvedIn,
    mutedUntil: muted === null ? null : { ...muted.until, seen: muted.seen },
    regression: regression === null ? null : { ...regression, at: new Date(regression.at).toISOString() },
    assignee,
    owners: [...owners],
    tags,
    tickets,
    notes: notes.length,
    merged: signatures.slice(1),
    sinceVisit: sinceVisit({ lastVisit, regressedAt: regression?.at ?? null, firstSeen }),
  };
}

function sinceVisit(facts: {
  lastVisit: UnixMillis | null;
  regressedAt: UnixMillis | null;
  firstSeen: string;
}): GroupTriage['sinceVisit'] {
  const { lastVisit, regressedAt, firstSeen } = facts;
  if (lastVisit === null) return '';
  if (regressedAt !== null && regressedAt > lastVisit) return 'regressed';
  return firstSeen !== '' && Date.parse(firstSeen) > lastVisit ? 'new' : '';
}
