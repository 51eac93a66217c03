import type { GroupDetail } from '@faultline/sdk/api';
import { exactTerm, joinQueries } from '../reading/query-text.js';

/** What a group's panels ask about: its signature, within the scope. */
export interface GroupScope {
  signature: string;
  q: string;
  from: string;
  to: string;
}

/** A search, without what it gives. */
export interface CrashQuery {
  q: string;
  from: string;
  to: string;
}

/** A search for the crashes of a group, with all signatures that count as it. */
export function crashesOf({ group }: GroupDetail, { q, from, to }: GroupScope): CrashQuery {
  const signatures = [group.signature, ...group.triage.merged];
  return { q: joinQueries(q, signatures.map((one) => exactTerm('signature', one)).join(' OR ')), from, to };
}
