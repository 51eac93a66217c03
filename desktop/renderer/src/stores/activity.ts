import type { JobList, JobRunShape } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { computed, ref, shallowReactive } from 'vue';
import { useApi } from '../api/current-api.js';
import { useConnection } from './connection.js';
import { useNotices } from './notices.js';
import { useSession } from './session.js';

type Status = JobRunShape['status'];

/** A job's run that goes on, or ended a moment ago. */
export interface ActiveRun {
  run: string;
  job: string;
  title: string;
  status: Status;
  done: number;
  /** Null when nobody knows how much there is. */
  total: number | null;
  stage: string;
  /** Milliseconds, of this page's clock; for the rate. */
  since: number;
}

const ended: readonly Status[] = ['succeeded', 'failed', 'cancelled'];
/** How long the end of a run is to be seen. */
const shownAfterEnd = 20_000;

/** Long work on the server that this person may know of, by its events. */
export const useActivity = defineStore('activity', () => {
  const api = useApi();
  const connection = useConnection();
  const session = useSession();
  const notices = useNotices();
  const runs = shallowReactive(new Map<string, ActiveRun>());
  const titles = ref<Record<string, string>>({});
  const going = computed(() => [...runs.values()].filter(({ status }) => !ended.includes(status)));
  let loading: Promise<void> | null = null;

  connection.listen(({ event, data }) => {
    if (!event.startsWith('job.')) return;
    const run = String(data['run'] ?? '');
    const progress = (data['progress'] ?? {}) as Partial<Pick<ActiveRun, 'done' | 'total' | 'stage'>>;
    const status = (data['status'] ?? 'running') as Status;
    const job = String(data['job'] ?? '');
    runs.set(run, {
      run,
      job,
      title: titles.value[job] ?? job,
      status,
      done: progress.done ?? 0,
      total: progress.total ?? null,
      stage: progress.stage ?? '',
      since: runs.get(run)?.since ?? Date.now(),
    });
    if (ended.includes(status)) setTimeout(() => runs.delete(run), shownAfterEnd);
    if (titles.value[job] === undefined) void load();
  });

  /** Titles of jobs, and runs that began before this page. */
  function load(): Promise<void> {
    if (!session.isSignedIn) return Promise.resolve();
    loading ??= ask().finally(() => (loading = null));
    return loading;
  }

  async function ask(): Promise<void> {
    try {
      const { jobs } = await api.get<JobList>('jobs');
      titles.value = Object.fromEntries(jobs.map(({ id, title }) => [id, title]));
      for (const [id, run] of runs) runs.set(id, { ...run, title: titles.value[run.job] ?? run.title });
      for (const { id, title, running } of jobs) {
        for (const run of running) if (!runs.has(run)) await take(run, id, title);
      }
    } catch {
      // Jobs may be another process's, or not this person's: events alone then.
      titles.value = { ...titles.value };
    }
  }

  async function take(run: string, job: string, title: string): Promise<void> {
    const { status, progress } = await api.get<JobRunShape>(`job-runs/${run}`);
    if (!ended.includes(status)) runs.set(run, { run, job, title, status, ...progress, since: Date.now() });
  }

  async function cancel(run: string): Promise<void> {
    try {
      await api.call('POST', `job-runs/${run}/cancel`, { body: {} });
    } catch (error) {
      notices.fail(error);
    }
  }

  return { runs, going, load, cancel };
});
