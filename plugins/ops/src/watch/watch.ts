/** Watches all processes of the installation: hears events, looks around each few seconds, and says how it is. */
import type { Bus, Clock, Disposer, JobRunner, Logger, Milliseconds, UnixMillis } from '@faultline/sdk';
import type { OperationsSnapshot } from '@faultline/sdk/api';
import { asFaultlineError } from '@faultline/sdk/errors';
import { byWeight, problemWords, serverWriting, stateSentence, type Problem } from '@faultline/sdk/operations';
import type { OpsConfig } from '../config.js';
import { EventCounts } from './event-counts.js';
import { FailingJobs } from './failing-jobs.js';
import { findProblems } from './find-problems.js';
import { look, nothingSeen, type Look, type LookSources } from './look.js';
import { NodeList } from './node-list.js';
import { rowsOf, type Rows, type Seen } from './snapshot.js';

export interface WatchParts {
  config: OpsConfig;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  sources: LookSources;
  runner(): JobRunner | null;
  sinkTitles(): ReadonlyMap<string, string>;
  jobTitles(): ReadonlyMap<string, string>;
  parkedRules(): string[];
  /** Called after each look. */
  onLook(state: WatchState): Promise<void>;
}

export interface WatchState {
  now: UnixMillis;
  rows: Rows;
  look: Look;
  counts: EventCounts;
  problems: Problem[];
  monotonic: Milliseconds;
}

/** Store, state and search are asked to prove themselves each so many looks. */
const thoroughEach = 3;
/** Depths of queues are compared with those of a minute ago. */
const depthsKept: Milliseconds = 60_000;
/** A queue that grew by one in a second does not grow by sixty a minute. */
const shortest: Milliseconds = 15_000;

export class Watch {
  readonly counts: EventCounts;
  private readonly nodes: NodeList;
  private readonly jobs: FailingJobs;
  private readonly watchedSince: UnixMillis;
  private readonly startedAt: Milliseconds;
  private readonly since = new Map<string, UnixMillis>();
  private readonly depths: { at: Milliseconds; depths: Map<string, number> }[] = [];
  private seen: Look = nothingSeen;
  private looks = 0;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: WatchParts) {
    this.counts = new EventCounts(parts.clock);
    this.nodes = new NodeList(parts.config.goneAfter);
    this.jobs = new FailingJobs(parts.runner, parts.logger);
    this.watchedSince = parts.clock.now();
    this.startedAt = parts.clock.monotonic();
  }

  /** Hears and looks from now on; what it returns ends that. */
  start(): Disposer {
    const { bus, config, logger } = this.parts;
    const stops = [this.counts.listen(bus, this.nodes), this.jobs.listen(bus)];
    this.jobs.begin().catch((error: unknown) => {
      logger.warn({ error: asFaultlineError(error) }, 'Failed jobs of earlier are not known');
    });
    const timer = setInterval(() => void this.lookAround(), config.every).unref();
    void this.lookAround();
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  /** One look; a second call while it goes on waits for the same. Never rejects. */
  lookAround(): Promise<void> {
    this.looking = this.looking.then(() => this.lookOnce());
    return this.looking;
  }

  snapshot(): OperationsSnapshot {
    const state = this.state();
    const { rows, problems, now } = state;
    const writing = serverWriting('en', now);
    const facts = { perMinute: rows.perMinute, lastHour: rows.lastHour, waiting: rows.waiting };
    const worst = problems[0]?.severity ?? 'info';
    const said = problems.map((problem) => ({ ...problem, ...problemWords(problem, writing) }));
    return {
      at: new Date(now).toISOString(),
      watchedSince: new Date(this.watchedSince).toISOString(),
      sentence: stateSentence(said, facts, writing),
      level: worst === 'info' ? 'well' : worst,
      ...rows,
      problems: said.map((problem) => ({ ...problem, facts: { ...problem.facts } })),
      deadLetters: this.seen.dead.count,
      disk: this.seen.disk,
      index: this.seen.index,
    };
  }

  state(): WatchState {
    const { clock, config } = this.parts;
    const monotonic = clock.monotonic();
    const now = clock.now();
    const known = this.nodes.all(monotonic);
    const [before] = this.depths;
    const seen: Seen = {
      now,
      monotonic,
      counts: this.counts,
      look: this.seen,
      depthsBefore:
        before === undefined || monotonic - before.at < shortest
          ? null
          : { ago: monotonic - before.at, depths: before.depths },
      nodes: known.map(({ silentFor: _, ...node }) => node),
      sinks: this.parts.sinkTitles(),
      parkedRules: this.parts.parkedRules(),
    };
    const rows = rowsOf(seen);
    const found = findProblems(
      {
        seen,
        rows,
        jobs: this.jobs.all(),
        jobTitles: this.parts.jobTitles(),
        silence: new Map(known.map(({ node, silentFor }) => [node, silentFor])),
        watchedFor: monotonic - this.startedAt,
      },
      config,
    );
    const problems = found.map((finding) => ({ ...finding, since: this.since.get(finding.key) ?? now }) as Problem);
    return { now, rows, look: this.seen, counts: this.counts, problems: problems.sort(byWeight), monotonic };
  }

  private async lookOnce(): Promise<void> {
    const { clock, logger, sources } = this.parts;
    try {
      this.seen = await look(sources, this.seen, this.looks++ % thoroughEach === 0);
      const monotonic = clock.monotonic();
      this.depths.push({
        at: monotonic,
        depths: new Map(this.seen.queues.map(({ lane, depth }) => [lane, depth])),
      });
      while (this.depths.length > 1 && monotonic - (this.depths[1]?.at ?? 0) > depthsKept) this.depths.shift();
      const state = this.state();
      this.remember(state);
      await this.parts.onLook(state);
    } catch (error) {
      logger.error({ error: asFaultlineError(error) }, 'A look at the operations failed');
    }
  }

  /** Since when each problem holds. */
  private remember({ problems, now }: WatchState): void {
    const keys = new Set(problems.map(({ key }) => key));
    for (const key of this.since.keys()) if (!keys.has(key)) this.since.delete(key);
    for (const key of keys) if (!this.since.has(key)) this.since.set(key, now);
    if (keys.size > 0) this.parts.logger.debug({ problems: [...keys] }, 'problems were seen');
  }
}
