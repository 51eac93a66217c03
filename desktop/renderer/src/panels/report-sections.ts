import type { CrashReport } from '@faultline/sdk/api';
import { defineAsyncComponent, type AsyncComponentLoader } from 'vue';
import { t } from '../i18n/i18n.js';
import { list, record, text, type StackReport } from '../reading/stack-model.js';
import { attachmentsOf } from '../report/sections/attachments.js';
import type { OwnProperties, Panel } from './panel.js';

/** What a report's tabs are handed. */
export interface ReportSubject {
  report: CrashReport;
  stack: StackReport | null;
}

/** Tabs of a report that stand there only with data; those before 900 between modules and raw. */
export const reportSections: readonly Panel[] = [
  section('memory', 'report.section.memory', 40, hasMemory, () => import('../report/sections/MemoryTab.vue')),
  section(
    'java',
    'report.section.java',
    15,
    has('java_exception', 'java_stack_trace'),
    () => import('../report/sections/JavaTab.vue'),
  ),
  section(
    'dumps',
    'report.section.dumps',
    50,
    has('additional_minidumps'),
    () => import('../report/sections/DumpsTab.vue'),
  ),
  section(
    'breadcrumbs',
    'report.section.breadcrumbs',
    60,
    has('breadcrumbs'),
    () => import('../report/sections/BreadcrumbsTab.vue'),
  ),
  section(
    'extensions',
    'report.section.extensions',
    70,
    has('addons'),
    () => import('../report/sections/ExtensionsTab.vue'),
  ),
  section(
    'environment',
    'report.section.environment',
    80,
    has('telemetry_environment', 'crashpad_annotations', 'environment_names'),
    () => import('../report/sections/EnvironmentTab.vue'),
  ),
  section(
    'memory-report',
    'report.section.memoryReport',
    90,
    has('memory_report', 'memory_report_error'),
    () => import('../report/sections/MemoryReportTab.vue'),
  ),
  section(
    'unloaded',
    'report.section.unloaded',
    100,
    ({ stack }) => (stack?.unloadedModules.length ?? 0) > 0,
    () => import('../report/sections/UnloadedTab.vue'),
  ),
  section('mac', 'report.section.mac', 110, has('mac_crash_info'), () => import('../report/sections/MacTab.vue')),
  section(
    'attachments',
    'report.section.attachments',
    120,
    ({ report }) => attachmentsOf(report).length > 0,
    () => import('../report/sections/AttachmentsTab.vue'),
  ),
  section(
    'comment',
    'report.section.comment',
    130,
    has('user_comments'),
    () => import('../report/sections/CommentTab.vue'),
  ),
  section(
    'similar',
    'report.section.similar',
    140,
    has('signature'),
    () => import('../report/sections/SimilarTab.vue'),
  ),
];

/** One of these fields holds something. */
function has(...fields: string[]): (subject: ReportSubject) => boolean {
  return ({ report }) => fields.some((field) => !isEmpty(report.processed?.[field]));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function hasMemory({ stack }: ReportSubject): boolean {
  if (stack === null) return false;
  const analysis = record(stack.faultline['analysis']);
  return stack.address !== '' || list(analysis['registers']).length > 0 || text(analysis['instruction']) !== '';
}

function isSubject(own: OwnProperties): own is OwnProperties & ReportSubject {
  return typeof own['report'] === 'object' && own['report'] !== null && 'stack' in own;
}

function section(
  key: string,
  title: string,
  order: number,
  when: (subject: ReportSubject) => boolean,
  load: AsyncComponentLoader,
): Panel {
  return {
    key,
    get title() {
      return t(title);
    },
    slot: 'report.tab',
    order,
    whenField: '',
    when: (own) => isSubject(own) && when(own),
    plugin: '',
    component: defineAsyncComponent({ loader: load, suspensible: false }),
  };
}
