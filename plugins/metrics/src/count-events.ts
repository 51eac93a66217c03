import { subjects } from '@faultline/sdk';
import type { Bus, Disposer, JobEvent } from '@faultline/sdk';
import type { MetricBook } from './metric-book.js';

/** Of several processes one counts each event, so that their sum is right. */
const group = 'metrics';

export function countEvents(bus: Bus, book: MetricBook): Disposer {
  const stops = [
    bus.on(subjects.crashReceived, () => book.count('faultline_crashes_received_total'), group),
    bus.on(subjects.crashDeleted, () => book.count('faultline_crashes_deleted_total'), group),
    bus.on<{ code: string }>(
      subjects.crashDead,
      ({ code }) => book.count('faultline_crashes_dead_total', { code }),
      group,
    ),
    bus.on<JobEvent>(
      subjects.jobFinished,
      ({ job, status }) => book.count('faultline_jobs_finished_total', { job, status }),
      group,
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
