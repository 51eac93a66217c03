import { defineRoute } from '@faultline/sdk';
import type { HttpRoute } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { ContributedMetrics } from './contributed-metrics.js';
import type { MetricBook } from './metric-book.js';

const loopback = /^(::ffff:)?127\.|^::1$/;
const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** Open to programs of this machine while the server is for this machine, else to those who may manage. */
export function metricsRoute(options: {
  book: MetricBook;
  contributed: ContributedMetrics;
  isOpen: boolean | undefined;
  publicUrl(): string;
  gather(): Promise<void>;
}): HttpRoute {
  const { book, contributed, isOpen, publicUrl, gather } = options;
  return defineRoute({
    id: 'metrics/prometheus',
    method: 'GET',
    path: '/metrics',
    summary: 'All metrics of this process in the text format of Prometheus',
    access: 'open',
    produces: 'text/plain',
    async handle({ principal, remoteAddress }) {
      const isLocal = loopback.test(remoteAddress) && loopbackName.test(new URL(publicUrl()).hostname);
      if (!(isOpen ?? isLocal) && !principal.permissions.has('manage')) {
        throw new FaultlineError('PermissionDenied', 'METRICS_CLOSED', 'Metrics are not open to everybody here.', {
          hint: 'Send an Auth-Token with the permission manage, or set metrics.open.',
        });
      }
      await gather();
      return { headers: { 'content-type': book.contentType }, body: (await book.text()) + (await contributed.text()) };
    },
  });
}
