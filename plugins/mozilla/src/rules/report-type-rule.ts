import { annotationFields, type ProcessingRule, type RuleInput } from '@faultline/sdk/processing-rule';

/**
 * Firefox kills what hangs, so these reports look like crashes: a channel that broke, a shutdown that did not end.
 * Crash Stats has no third type: its top crashers ask for `report_type=crash`, and Mozilla's crashes for want of memory
 * are among them (their signature says OOM).
 */
export const reportTypeRule: ProcessingRule = {
  id: 'mozilla/report-type',
  title: 'Hangs that Firefox ended; nothing but crashes and hangs',
  version: 2,
  reads: ['vendor', annotationFields],
  writes: ['report_type'],
  after: ['rules/report-type'],
  applies: (input) => typeOf(input) !== null,
  apply: (input) => ({ patch: { report_type: typeOf(input) } }),
};

/** Null when it stays as it is. */
function typeOf({ processed }: RuleInput): 'crash' | 'hang' | null {
  if (isSaid(processed['ipc_channel_error']) || isSaid(processed['async_shutdown_timeout'])) return 'hang';
  return processed['vendor'] === 'Mozilla' && processed['report_type'] === 'oom' ? 'crash' : null;
}

function isSaid(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
