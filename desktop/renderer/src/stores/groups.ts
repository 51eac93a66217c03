import type { GroupDetail } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { useApi } from '../api/current-api.js';

/** Details of groups seen lately, so that the pane beside the list follows the cursor without a wait. */
export const useGroups = defineStore('groups', () => {
  const api = useApi();
  const seen = new Map<string, GroupDetail>();

  function key(query: DetailQuery): string {
    return JSON.stringify([query.signature, query.q, query.from, query.to]);
  }

  function known(query: DetailQuery): GroupDetail | null {
    return seen.get(key(query)) ?? null;
  }

  async function detail(query: DetailQuery, signal: AbortSignal): Promise<GroupDetail> {
    const answer = await api.groupDetail(query, signal);
    seen.delete(key(query));
    seen.set(key(query), answer);
    const oldest = seen.keys().next();
    if (seen.size > 60 && oldest.done !== true) seen.delete(oldest.value);
    return answer;
  }

  return { key, known, detail };
});

export interface DetailQuery {
  signature: string;
  q: string;
  from: string;
  to: string;
}
