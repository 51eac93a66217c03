import type { GroupChange, GroupChangeAnswer, GroupNow, GroupOutcome, GroupTriage } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { ref, shallowReactive } from 'vue';
import { ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import { useConnection } from './connection.js';

/** A group as a change names it; without `version` it is changed whatever came between. */
export interface ChangedGroup {
  signature: string;
  version?: number;
}

/** What somebody else did to a group while it was on the screen. */
export interface GroupNews {
  actor: string;
  text: string;
}

/** Whose groups a screen shows. */
export interface GroupFollower {
  isShown(signature: string): boolean;
  /** Asked for again where events may have been missed; "" for none. */
  current(): string;
}

const structural = /merge|split|alias/;
/** Changes that come together are looked at together; of more than so many the list itself is asked for again. */
const gatherTime = 120;
const mostAsked = 20;

/** What people made of groups: the newest that this page knows, of its own changes and of everybody's. */
export const useTriage = defineStore('triage', () => {
  const api = useApi();
  const connection = useConnection();
  /** By the group's own signature. */
  const newest = shallowReactive(new Map<string, GroupTriage>());
  const news = shallowReactive(new Map<string, GroupNews>());
  /** Grows when lists are no longer as they were loaded: others merged or split groups, or changed very many. */
  const upheavals = ref(0);
  /** Changes of this page that can be undone, newest last. */
  const undoable = ref<string[]>([]);
  const followers = new Set<GroupFollower>();
  const heard = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** The newer of what a list says and what was heard since. */
  function of(signature: string, known: GroupTriage): GroupTriage {
    const heardOf = newest.get(signature);
    return heardOf !== undefined && heardOf.version > known.version ? heardOf : known;
  }

  /** One change to one group or many; each has its outcome. Rejects when nothing could be asked at all. */
  async function change(groups: readonly ChangedGroup[], wish: GroupChange): Promise<GroupOutcome[]> {
    return await send(() => api.call<GroupChangeAnswer>('POST', 'groups/changes', { body: { groups, change: wish } }), {
      signature: groups.length === 1 ? (groups[0]?.signature ?? '') : '',
    });
  }

  /** Takes a change back, the newest of this page unless another is named. Null when there is none. */
  async function undo(operation = undoable.value.at(-1)): Promise<GroupOutcome[] | null> {
    if (operation === undefined) return null;
    const outcomes = await send(
      () => api.call<GroupChangeAnswer>('POST', `groups/operations/${operation}/undo`, { body: {} }),
      { signature: '', undoes: operation },
    );
    undoable.value = undoable.value.filter((one) => one !== operation);
    return outcomes;
  }

  async function send(
    request: () => Promise<GroupChangeAnswer>,
    { signature, undoes = '' }: { signature: string; undoes?: string },
  ): Promise<GroupOutcome[]> {
    let answer: GroupChangeAnswer;
    try {
      answer = await request();
    } catch (error) {
      const outcome = outcomeOf(error, signature);
      if (outcome === null) throw error;
      answer = { operation: '', outcomes: [outcome] };
    }
    if (answer.operation !== '' && undoes === '') undoable.value = [...undoable.value.slice(-49), answer.operation];
    for (const { signature: asked, triage } of answer.outcomes) if (triage !== null) take(asked, triage);
    return answer.outcomes;
  }

  function take(signature: string, triage: GroupTriage): void {
    const known = newest.get(signature);
    if (known === undefined || known.version <= triage.version) newest.set(signature, triage);
  }

  function follow(follower: GroupFollower): () => void {
    followers.add(follower);
    return () => followers.delete(follower);
  }

  connection.listen(({ event, data }) => {
    if (event === 'tick') {
      for (const { current } of followers) if (current() !== '') heard.add(current());
      gather();
    }
    if (event !== 'group.changed') return;
    const [signature, what] = [String(data['signature'] ?? ''), String(data['what'] ?? '')];
    const isOurs = (newest.get(signature)?.version ?? -1) >= Number(data['version'] ?? 0);
    if (isOurs) return;
    if (structural.test(what)) upheavals.value += 1;
    if (![...followers].some((one) => one.isShown(signature))) return;
    heard.add(signature);
    gather();
  });

  function gather(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void askAgain(), gatherTime);
  }

  async function askAgain(): Promise<void> {
    const signatures = [...heard];
    heard.clear();
    if (signatures.length > mostAsked) {
      upheavals.value += 1;
      return;
    }
    for (const asked of signatures) {
      try {
        const { signature, triage, last } = await api.get<GroupNow>('groups/triage', { signature: asked });
        const before = newest.get(signature)?.version ?? 0;
        take(signature, triage);
        if (last !== null && triage.version > before) news.set(signature, { actor: last.actorName, text: last.text });
      } catch {
        // The next change, or the next look at the list, tells the same.
        upheavals.value += 1;
      }
    }
  }

  return { newest, news, upheavals, undoable, of, change, undo, take, follow };
});

/** A conflict or refusal of a single group comes as an error: as an outcome it keeps what came between. */
function outcomeOf(error: unknown, signature: string): GroupOutcome | null {
  if (!(error instanceof ApiError) || signature === '') return null;
  if (error.status !== 409 && error.status !== 400) return null;
  const { triage = null, other = null } = error.details as Partial<Pick<GroupOutcome, 'triage' | 'other'>>;
  const outcome = error.code === 'GROUP_CHANGED' ? 'conflict' : 'refused';
  return { signature, outcome, triage, other, error: { code: error.code, message: error.message } };
}
