import { defineRoute } from '@faultline/sdk';
import type { HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import { allMetrics } from './catalogue.js';
import type { ContributedMetrics } from './contributed-metrics.js';

const MetricCatalogue = z.object({
  metrics: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['counter', 'gauge', 'histogram']),
      help: z.string(),
      labels: z.array(z.string()),
      plugin: z.string(),
    }),
  ),
});

/** Every metric of this process with what it means, whoever tells it. */
export function catalogueRoute(contributed: ContributedMetrics): HttpRoute {
  return defineRoute({
    id: 'metrics/catalogue',
    method: 'GET',
    path: 'catalogue',
    summary: 'Every metric with its kind, labels and meaning',
    access: 'signed-in',
    response: MetricCatalogue,
    handle() {
      const own = allMetrics().map((metric) => ({ ...metric, plugin: 'metrics' }));
      const metrics = [...own, ...contributed.described()].map(({ labels, ...metric }) => ({
        ...metric,
        labels: [...labels],
      }));
      return { body: { metrics: metrics.sort((a, b) => (a.name < b.name ? -1 : 1)) } };
    },
  });
}
