import { t } from '../i18n/i18n.js';
import type { CrashReport } from '@faultline/sdk/api';
import { number, text, type StackReport } from '../reading/stack-model.js';
import { span } from '../reading/time-words.js';

export interface Fact {
  id: string;
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
    {
      id: 'product',
      title: t('report.reportFacts.product'),
      value: [report.product, report.version].join(' ').trim(),
      beside: report.channel,
    },
    {
      id: 'reason',
      title: t('report.reportFacts.reason'),
      value: text(processed['reason']) || (stack?.reason ?? ''),
      beside: '',
    },
    {
      id: 'address',
      title: t('report.reportFacts.address'),
      value: text(processed['address']) || (stack?.address ?? ''),
      beside: '',
    },
    {
      id: 'system',
      title: t('report.reportFacts.system'),
      value: os,
      beside: text(processed['cpu_arch']) || text(system['cpu_arch']),
    },
    {
      id: 'process',
      title: t('report.reportFacts.process'),
      value: report.processType || text(processed['process_type']),
      beside: '',
    },
    { id: 'uptime', title: t('report.reportFacts.uptime'), value: uptime === null ? '' : span(uptime), beside: '' },
    { id: 'thread', title: t('report.reportFacts.thread'), value: threadName, beside: '' },
  ];
  return facts.filter((fact) => fact.value !== '');
}
