import type { ProcessingRule, RuleInput } from '@faultline/sdk/processing-rule';
import { annotationText } from '../annotation.js';
import { crashingFrames, stackwalkJson } from '../stackwalk-json.js';

/** Reasons that mean the program was out of memory. */
const outOfMemoryReasons = ['Out of Memory', 'STATUS_NO_MEMORY', 'STATUS_FATAL_MEMORY_EXHAUSTION'];
/** Annotations that say so: Breakpad's and Crashpad's clients set the size of the failed allocation. */
const outOfMemoryAnnotations = ['OOMAllocationSize', 'oom-size', 'oom_allocation_size'];
/** Annotations that say it hung. */
const hangAnnotations = ['Hang', 'hang', 'HangID'];

/** Crash, hang, or out of memory. */
export const reportTypeRule: ProcessingRule = {
  id: 'rules/report-type',
  title: 'Crash, hang or out of memory',
  version: 1,
  reads: ['json_dump', 'reason'],
  writes: ['report_type'],
  apply: (input) => ({ patch: { report_type: reportType(input) } }),
};

function reportType({ raw, processed }: RuleInput): 'crash' | 'hang' | 'oom' {
  const has = (names: readonly string[]) => names.some((name) => annotationText(raw, name) !== '');
  if (has(hangAnnotations)) return 'hang';
  const json = stackwalkJson(processed);
  const functions = json === null ? [] : crashingFrames(json).map((frame) => frame.function ?? '');
  if (functions.some((name) => name.includes('RunWatchdog'))) return 'hang';
  if (has(outOfMemoryAnnotations) || outOfMemoryReasons.includes(String(processed['reason'] ?? ''))) return 'oom';
  return 'crash';
}
