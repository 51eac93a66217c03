import type { CrashReport } from '@faultline/sdk/api';
import { number, text, type StackReport } from '../reading/stack-model.js';
import { span } from '../reading/time-words.js';

export interface Fact {
  title: string;
  value: string;
  /** Shown small beside the value. */
  beside: string;
}

/** The facts under the headline, those that are known. */
export function reportFacts(
  report: CrashReport,
  processed: Record<string, unknown>,
  stack: StackReport | null,
): Fact[] {
  const system = stack?.system ?? {};
  const os =
    text(processed['os_pretty_version']) ||
    [text(processed['os_name']) || text(system['os']) || report.platform, text(processed['os_version'])]
      .join(' ')
      .trim();
  const uptime = number(processed['uptime']);
  const threadName = text(processed['crashing_thread_name']);
  const facts: Fact[] = [
    { title: 'Product', value: [report.product, report.version].join(' ').trim(), beside: report.channel },
    { title: 'Reason', value: text(processed['reason']) || (stack?.reason ?? ''), beside: '' },
    { title: 'Address', value: text(processed['address']) || (stack?.address ?? ''), beside: '' },
    { title: 'System', value: os, beside: text(processed['cpu_arch']) || text(system['cpu_arch']) },
    { title: 'Process', value: report.processType || text(processed['process_type']), beside: '' },
    { title: 'Uptime', value: uptime === null ? '' : span(uptime), beside: '' },
    { title: 'Thread', value: threadName, beside: '' },
  ];
  return facts.filter((fact) => fact.value !== '');
}
