import type { Group, GroupList, GroupParameters } from '@faultline/sdk/api';
import type { Milliseconds } from '@faultline/sdk/units';
import { computed, onScopeDispose, watch, type ComputedRef, type Ref } from 'vue';
import { useRoute } from 'vue-router';
import { useApi } from '../api/current-api.js';
import { useNewCrashes } from '../common/use-new-crashes.js';
import { useResource, type Resource } from '../common/use-resource.js';
import { joinQueries } from '../reading/query-text.js';
import { one, useScope } from '../shell/use-scope.js';
import { useSession } from '../stores/session.js';
import { useTriage } from '../stores/triage.js';
import { inboxView, inView, viewParameters, type InboxView } from './inbox-views.js';

const inboxSorts = ['count', 'last-seen', 'first-seen', 'signature', 'change'] as const;

/** An empty list is not asked for again after a wait of so long. */
const lastLook: Milliseconds = 6000;

export interface InboxList {
  /** Conditions beside the scope's. */
  filter: ComputedRef<string>;
  view: ComputedRef<InboxView>;
  sort: ComputedRef<(typeof inboxSorts)[number]>;
  /** Scope and filter as one query, and the time: what the crashes of these groups are. */
  scoped: ComputedRef<{ q: string; from: string; to: string }>;
  answer: Resource<GroupList>;
  /** As they are shown: with what was done to them since the list was loaded. */
  rows: ComputedRef<Group[]>;
  /** Crashes that came since. */
  fresh: Ref<number>;
  /** Groups were merged or split by others: the list is no longer as it was loaded. */
  hasUpheaval: ComputedRef<boolean>;
  reload(): void;
}

/** The groups that the address asks for. They stay where they are while one looks, until one asks for what is new. */
export function useInboxList(): InboxList {
  const api = useApi();
  const scope = useScope();
  const route = useRoute();
  const session = useSession();
  const triage = useTriage();
  const answer = useResource<GroupList>();

  const filter = computed(() => one(route.query['q']));
  const view = computed(() => inboxView(one(route.query['view'])));
  const sort = computed(() => inboxSorts.find((known) => known === one(route.query['sort'])) ?? 'count');
  const scoped = computed(() => ({
    q: joinQueries(scope.query.value, filter.value),
    from: scope.from.value,
    to: scope.to.value,
  }));
  const me = computed(() => session.info?.login ?? session.info?.name ?? '');
  const parameters = computed((): GroupParameters => ({
    ...scoped.value,
    sort: sort.value,
    ...viewParameters(view.value, me.value),
    limit: 1000,
  }));
  const rows = computed(() =>
    inView(view.value, answer.value.value?.groups ?? [], Date.now()).map((group) => ({
      ...group,
      triage: triage.of(group.signature, group.triage),
    })),
  );

  const { fresh, reset } = useNewCrashes({
    matches: ({ product }) => scope.product.value === '' || scope.product.value === product,
    recount: async () => (await api.groups(parameters.value)).totalCrashes - (answer.value.value?.totalCrashes ?? 0),
    reload,
  });
  let upheavalsShown = 0;
  const hasUpheaval = computed(() => triage.upheavals > upheavalsShown && answer.value.value !== null);

  async function load(): Promise<void> {
    reset();
    upheavalsShown = triage.upheavals;
    const wanted = parameters.value;
    await answer.load(JSON.stringify(wanted), (signal) => api.groups(wanted, signal));
  }
  function reload(): void {
    void load();
  }
  watch(parameters, reload, { immediate: true });

  let looking: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(looking));
  watch(fresh, (now) => {
    // Nothing to move under the cursor: the first crash shows itself.
    if (now > 0 && answer.value.value !== null && rows.value.length === 0) showFirst(0);
  });

  /**
   * Folklore: a crash is told of when it is processed, and found a moment later. On a quiet machine the list that was
   * asked for at once came back empty, and no second crash came to ask again: so it is asked for some more times.
   */
  function showFirst(wait: Milliseconds): void {
    if (wait === 0 && looking !== undefined) return;
    looking = setTimeout(() => {
      void load().then(() => {
        looking = undefined;
        if (rows.value.length === 0 && wait < lastLook) showFirst(Math.max(200, wait * 2));
      });
    }, wait);
  }

  return { filter, view, sort, scoped, answer, rows, fresh, hasUpheaval, reload };
}
