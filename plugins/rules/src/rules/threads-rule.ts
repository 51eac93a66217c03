import type { JsonValue } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { stackwalkJson } from '../stackwalk-json.js';

/** Characters kept of what the dump writer complained about: Socorro's limit. */
const softErrorLimit = 4096;

/** How many threads there were, and what writing the dump failed at. */
export const threadsRule: ProcessingRule = {
  id: 'rules/threads',
  title: "Thread count and the dump writer's own errors",
  version: 2,
  reads: ['json_dump'],
  writes: ['thread_count', 'soft_errors', 'mac_boot_args', 'has_mac_boot_args', 'mac_crash_info'],
  applies: ({ processed }) => stackwalkJson(processed) !== null,
  apply({ processed }) {
    const json = stackwalkJson(processed) ?? {};
    const softErrors = json.soft_errors ?? null;
    const bootArguments = (json.mac_boot_args ?? '').trim();
    const hasMacRecords = (json.mac_crash_info?.num_records ?? 0) > 0;
    return {
      patch: {
        thread_count: json.thread_count ?? (json.threads?.length || undefined),
        soft_errors: softErrors === null ? undefined : boundedJson(softErrors),
        mac_boot_args: bootArguments === '' ? undefined : bootArguments,
        has_mac_boot_args: bootArguments === '' ? undefined : true,
        mac_crash_info: hasMacRecords ? JSON.stringify(json.mac_crash_info) : undefined,
      },
    };
  },
};

/**
 * The errors as JSON within the limit: of a list the first that fit, and how many were left out. Socorro cuts the text
 * wherever the limit falls, so that long lists are no JSON any more.
 */
function boundedJson(errors: JsonValue): string {
  const whole = JSON.stringify(errors);
  if (whole.length <= softErrorLimit) return whole;
  const list = Array.isArray(errors) ? errors : [errors];
  const kept: JsonValue[] = [];
  let length = 60;
  for (const error of list) {
    length += JSON.stringify(error).length + 1;
    if (length > softErrorLimit) break;
    kept.push(error);
  }
  return JSON.stringify([...kept, { left_out: list.length - kept.length }]);
}
