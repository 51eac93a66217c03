import { annotationFields, type ProcessingRule } from '@faultline/sdk/processing-rule';

/** Firefox kills what hangs, so these reports look like crashes: a channel that broke, a shutdown that did not end. */
export const reportTypeRule: ProcessingRule = {
  id: 'mozilla/report-type',
  title: 'Hangs that Firefox ended',
  version: 1,
  reads: [annotationFields],
  writes: ['report_type'],
  after: ['rules/report-type'],
  applies: ({ processed }) => isSaid(processed['ipc_channel_error']) || isSaid(processed['async_shutdown_timeout']),
  apply: () => ({ patch: { report_type: 'hang' } }),
};

function isSaid(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
