import type { CrashSink } from '@faultline/sdk';
import type { MetricBook } from './metric-book.js';

/** Runs that are remembered, so that one that is delivered twice counts once. */
const remembered = 10_000;

/** The storage that only counts. */
export function countingSink(book: MetricBook): CrashSink {
  const counted = new Set<string>();
  return {
    id: 'metrics',
    title: 'Counts of processed crashes',
    deliver(batch) {
      for (const { crash, run } of batch) {
        const key = `${crash.crash_id}/${run}`;
        if (counted.has(key)) continue;
        counted.add(key);
        const [oldest] = counted;
        if (counted.size > remembered && oldest !== undefined) counted.delete(oldest);
        book.count('faultline_crashes_processed_total', { status: crash.status });
        const completed = Date.parse(crash.completed_datetime);
        observeSpan(book, 'faultline_processing_seconds', Date.parse(crash.started_datetime), completed);
        if (run === 1) {
          observeSpan(book, 'faultline_ingestion_seconds', Date.parse(crash.submitted_timestamp), completed);
        }
      }
      return Promise.resolve();
    },
  };
}

function observeSpan(
  book: MetricBook,
  name: 'faultline_processing_seconds' | 'faultline_ingestion_seconds',
  from: number,
  to: number,
): void {
  // A clock that was set back meanwhile tells nothing.
  if (to >= from) book.observe(name, (to - from) / 1000);
}
