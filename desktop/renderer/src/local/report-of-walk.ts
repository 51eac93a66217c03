/**
 * A walked dump in the form of the server's reports, so that the same view shows both. What only a server knows (an id,
 * times, runs) stays empty.
 */
import type { CrashReport } from '@faultline/sdk/api';
import { list, record, text, type StackReport } from '../reading/stack-model.js';
import type { CrashpadRecord } from './intake/crashpad-database.js';

type Annotation = CrashReport['annotations'][number];

export interface DumpNames {
  name: string;
  size: number;
  crashId: string;
}

export function reportOfWalk(dump: DumpNames, stack: StackReport | null, crashpad: CrashpadRecord | null): CrashReport {
  const annotations = annotationsOf(stack, crashpad);
  const value = (...names: string[]) => {
    const found = annotations.find((annotation) => names.includes(annotation.name));
    return typeof found?.value === 'string' ? found.value : '';
  };
  return {
    crashId: dump.crashId,
    state: 'processed',
    step: '',
    product: value('_productName', 'ProductName', 'product', 'prod'),
    version: value('_version', 'Version', 'version', 'ver'),
    channel: value('ReleaseChannel', 'channel'),
    platform: value('platform', 'plat'),
    processType: value('process_type', 'ptype', 'ProcessType'),
    submittedTimestamp: timeOf(stack),
    annotations,
    hasHiddenFields: false,
    parts: [{ name: 'upload_file_minidump', filename: dump.name, contentType: '', size: dump.size, sha256: '' }],
    collectorNotes: [],
    throttleRule: '',
    processed: { reason: stack?.reason ?? '', address: stack?.address ?? '' },
    runs: [],
    error: null,
  };
}

/** When the dump was written, as it says itself; "" when it does not. */
function timeOf(stack: StackReport | null): string {
  const seconds = Number(record(stack?.faultline['dump'])['timestamp'] ?? 0);
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : '';
}

/** Everything that the dump says by name: annotations of Crashpad and its modules, comments, lines of /proc. */
function annotationsOf(stack: StackReport | null, database: CrashpadRecord | null): Annotation[] {
  const faultline = stack?.faultline ?? {};
  const crashpad = record(faultline['crashpad']);
  const modules = list(crashpad['modules']).flatMap((value) => {
    const module = record(value);
    const name = stack?.modules[Number(module['module_index'] ?? -1)]?.filename ?? '';
    return [
      ...pairs(module['simple']),
      ...list(module['objects']).map((one): [string, string] => {
        const object = record(one);
        return [text(object['name']), text(object['text']) || text(object['hex'])];
      }),
      ...list(module['list']).map((line, at): [string, string] => [`${name || 'module'}[${at}]`, text(line)]),
    ];
  });
  const microdump = record(faultline['microdump']);
  const gpu = record(microdump['gpu']);
  const found: [string, string][] = [
    ...pairs(crashpad['annotations']),
    ...modules,
    ['crashpad.report_id', text(crashpad['report_id'])],
    ['crashpad.client_id', text(crashpad['client_id'])],
    ...databaseFacts(database),
    ['microdump.product_version', text(microdump['product_version'])],
    ['microdump.process_type', text(microdump['process_type'])],
    ['microdump.gpu', [gpu['vendor'], gpu['renderer'], gpu['version']].map(text).join(' ').trim()],
    ['command_line', list(faultline['command_line']).map(text).join(' ')],
    ['environment_names', list(faultline['environment_names']).map(text).join(' ')],
    ...list(faultline['comments']).map((comment): [string, string] => ['comment', text(comment)]),
    ['assertion', assertionText(record(faultline['assertion']))],
    ...pairs(faultline['proc_status']).map(([key, value]): [string, string] => [`proc.${key}`, value]),
  ];
  return found
    .filter(([name, value]) => name !== '' && value !== '')
    .map(([name, value]) => ({ name, value, description: '', permission: 'public' }));
}

function databaseFacts(database: CrashpadRecord | null): [string, string][] {
  if (database === null) return [];
  const time = (seconds: number) => (seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : '');
  return [
    ['crashpad.database.state', database.state],
    ['crashpad.database.created', time(database.createdAt)],
    ['crashpad.database.upload_attempts', database.createdAt === 0 ? '' : String(database.uploadAttempts)],
    ['crashpad.database.last_upload_attempt', time(database.lastUploadAttempt)],
    ['crashpad.database.uploaded', database.isUploaded ? 'yes' : ''],
    ['crashpad.database.upload_requested', database.isUploadRequested ? 'yes' : ''],
    ['crashpad.database.server_id', database.serverId],
  ];
}

function pairs(value: unknown): [string, string][] {
  return list(value).map((one) => {
    const pair = record(one);
    return [text(pair['key']), text(pair['value'])];
  });
}

function assertionText(assertion: Record<string, unknown>): string {
  const parts = [assertion['expression'], assertion['function'], assertion['file'], assertion['line']].map(text);
  return parts.filter((part) => part !== '' && part !== '0').join(', ');
}
