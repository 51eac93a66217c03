import type { Clock, MetricReading, MetricSource } from '@faultline/sdk';
import type { Upstream } from './upstream.js';
import { upstreamStatus } from './upstream-health.js';

/** Whether each symbol server can be used; the operations raise a notice for one that can't. */
export function upstreamMetrics(
  upstreams: readonly Upstream[],
  folder: string,
  clock: Pick<Clock, 'now'>,
): MetricSource {
  return {
    id: 'symbols',
    metrics: {
      faultline_symbol_server_up: {
        kind: 'gauge',
        help: 'Whether a symbol server can be used: 0 while it is left alone after failures.',
        labels: ['server'],
      },
    },
    *read(): Iterable<MetricReading> {
      for (const { url } of upstreams) {
        const status = upstreamStatus(folder, url, clock.now());
        if (status === null) continue;
        const { host, pathname } = new URL(url);
        const value = status.phase === 'closed' ? 1 : 0;
        yield { name: 'faultline_symbol_server_up', labels: { server: `${host}${pathname}` }, value };
      }
    },
  };
}
