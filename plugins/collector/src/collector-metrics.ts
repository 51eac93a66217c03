import type { MetricReading, MetricSource } from '@faultline/sdk';
import type { Intake } from './submission.js';

/** What became of posts, and what they hold in memory; read from where it is counted anyway. */
export function collectorMetrics({ counts, gate, budget }: Pick<Intake, 'counts' | 'gate' | 'budget'>): MetricSource {
  return {
    id: 'collector',
    metrics: {
      faultline_posts_total: {
        kind: 'counter',
        help: 'Posts of crash reporters by what became of them; reason is the throttle rule, the malformed reason, or what was short.',
        labels: ['outcome', 'reason'],
      },
      faultline_posts_received_bytes_total: {
        kind: 'counter',
        help: 'Bytes of posts that were read whole, as they came over the wire.',
        labels: [],
      },
      faultline_posts_in_flight: { kind: 'gauge', help: 'Posts in hand, without those of fronts.', labels: [] },
      faultline_posts_held_bytes: {
        kind: 'gauge',
        help: 'Memory that bodies in flight hold, without those of fronts.',
        labels: [],
      },
    },
    read: (): MetricReading[] => [
      ...counts.answer().outcomes.map(({ outcome, reason, count }) => ({
        name: 'faultline_posts_total',
        labels: { outcome, reason },
        value: count,
      })),
      { name: 'faultline_posts_received_bytes_total', value: counts.receivedBytes },
      { name: 'faultline_posts_in_flight', value: gate.inFlight },
      { name: 'faultline_posts_held_bytes', value: budget.held },
    ],
  };
}
