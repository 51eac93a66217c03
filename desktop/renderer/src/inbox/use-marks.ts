import type { Group } from '@faultline/sdk/api';
import { shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { isAborted } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { joinQueries } from '../reading/query-text.js';
import { useFields } from '../stores/fields.js';

/** What kind of crash a group is, beyond its signature; each by a field that a rule has written. */
export const marks = [
  {
    id: 'startup',
    field: 'startup_crash',
    query: 'startup_crash:=true',
    title: 'inbox.mark.startup',
    help: 'inbox.mark.startupHelp',
  },
  {
    id: 'memory',
    field: 'oom_allocation_size',
    query: 'oom_allocation_size:*',
    title: 'inbox.mark.memory',
    help: 'inbox.mark.memoryHelp',
  },
  { id: 'hang', field: 'hang', query: 'hang:*', title: 'inbox.mark.hang', help: 'inbox.mark.hangHelp' },
  {
    id: 'hardware',
    field: 'possible_bit_flips_max_confidence',
    query: 'possible_bit_flips_max_confidence:>=50',
    title: 'inbox.mark.hardware',
    help: 'inbox.mark.hardwareHelp',
  },
] as const;
export type MarkId = (typeof marks)[number]['id'];

/** How many of a group's crashes carry each mark, by its signature; filled in after the list is there. */
export type GroupMarks = ReadonlyMap<string, ReadonlyMap<MarkId, number>>;

const mostSignatures = 1000;
/** A mark of few of many crashes says nothing of the group. */
const leastShare = 0.2;

/** Marks of the groups in scope, one question for each kind that this server's dictionary has. */
export function useMarks(scope: ComputedRef<{ q: string; from: string; to: string }>): ShallowRef<GroupMarks> {
  const api = useApi();
  const fields = useFields();
  const found = shallowRef<GroupMarks>(new Map());
  let asking = new AbortController();

  watch(
    [scope, () => fields.byId],
    async () => {
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      const next = new Map<string, Map<MarkId, number>>();
      try {
        for (const { id, field, query } of marks) {
          if (fields.byId.get(field)?.searchable !== true) continue;
          const q = joinQueries(scope.value.q, query);
          const answer = await api.search(
            { ...scope.value, q, limit: 0, facets: `signature:${mostSignatures}` },
            signal,
          );
          for (const { term, count } of answer.facets['signature']?.buckets ?? []) {
            const known = next.get(String(term)) ?? new Map<MarkId, number>();
            known.set(id, count);
            next.set(String(term), known);
          }
        }
        found.value = next;
      } catch (error) {
        // Marks are an addition: the list stands without them.
        if (!isAborted(error)) found.value = new Map();
      }
    },
    { immediate: true },
  );
  return found;
}

/** The marks that say something of a group, with their part of its crashes, 0 to 1. */
export function marksOf(found: GroupMarks, group: Group): { mark: (typeof marks)[number]; share: number }[] {
  const signatures = [group.signature, ...group.triage.merged];
  return marks.flatMap((mark) => {
    const count = signatures.reduce((sum, one) => sum + (found.get(one)?.get(mark.id) ?? 0), 0);
    const share = count / Math.max(1, group.count);
    return share >= leastShare ? [{ mark, share: Math.min(1, share) }] : [];
  });
}
