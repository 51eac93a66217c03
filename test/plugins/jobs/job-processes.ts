import type { ContributionList, Job, StateStore } from '@faultline/sdk';
import { FakeClock, FakeRandom, MemoryBus, MemoryLogger, MemoryStateStore } from '@faultline/testing';
import { JobExecutor } from '../../../plugins/jobs/src/job-executor.js';
import { JobRunStore } from '../../../plugins/jobs/src/job-run-store.js';
import { JobScheduler } from '../../../plugins/jobs/src/job-scheduler.js';
import { SharedJobRunner } from '../../../plugins/jobs/src/shared-job-runner.js';

/** Some jobs over one shared state, and as many processes as a test wants. */
export class JobProcesses {
  readonly clock: FakeClock;
  readonly state: StateStore;
  readonly bus: MemoryBus;
  readonly logger = new MemoryLogger();
  readonly store: JobRunStore;
  readonly runner: SharedJobRunner;
  private readonly random = new FakeRandom();
  private readonly stops: (() => Promise<void>)[] = [];

  constructor(
    private readonly jobs: Job[],
    start?: number,
  ) {
    this.clock = new FakeClock(start);
    this.state = new MemoryStateStore(this.clock);
    this.bus = new MemoryBus(this.clock);
    this.store = new JobRunStore(this.state);
    this.runner = this.process(this.clock).runner;
  }

  /** One process: `clock` may be one that never wakes, for a process that hangs. */
  process(clock: FakeClock, nodeId = 'node-1', jitter = 0) {
    const { state, bus, logger, store, random } = this;
    const jobs = listOf(this.jobs);
    const runner = new SharedJobRunner({ store, state, jobs, clock, random });
    const scheduler = new JobScheduler({ store, state, runner, jobs, clock, logger, jitter });
    const executor = new JobExecutor({ store, state, jobs, clock, bus, logger, nodeId, concurrency: 3 });
    return { runner, scheduler, executor };
  }

  /** Runs a process until it is stopped as by SIGTERM. */
  start(nodeId = 'node-1', clock = this.clock, jitter = 0): () => Promise<void> {
    const { executor, scheduler } = this.process(clock, nodeId, jitter);
    const stop = new AbortController();
    const running = [executor.run(stop.signal), scheduler.run(stop.signal)];
    const end = async () => {
      stop.abort();
      await Promise.all(running);
    };
    this.stops.push(end);
    return end;
  }

  async end(): Promise<void> {
    for (const stop of this.stops) await stop();
  }
}

function listOf(jobs: readonly Job[]): ContributionList<Job> {
  const all = jobs.map((value) => ({ plugin: 'test', value }));
  return { all: () => all, get: (id) => all.find(({ value }) => value.id === id), onChange: () => () => undefined };
}
