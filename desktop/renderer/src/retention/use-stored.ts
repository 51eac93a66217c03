import { computed } from 'vue';
import { useApi } from '../api/current-api.js';
import { useResource } from '../common/use-resource.js';
import { useSession } from '../stores/session.js';
import { storedDays, type PurgePlan, type StoredUsage } from './stored-days.js';

/** What is stored; for those who may purge, with what the next purge takes of it. */
export function useStored() {
  const api = useApi();
  const session = useSession();
  const usage = useResource<StoredUsage>();
  const plan = useResource<PurgePlan>();
  const mayPurge = computed(() => session.can('manage'));

  function load(): void {
    void usage.load('usage', (signal) => api.get<StoredUsage>('plugins/retention/usage', {}, signal));
    if (mayPurge.value) void plan.load('plan', (signal) => api.get<PurgePlan>('plugins/retention/plan', {}, signal));
  }
  load();

  const days = computed(() => storedDays(usage.value.value ?? { usage: [] }, plan.value.value));
  return { usage, plan, days, mayPurge, load };
}
