import type { CrashReport } from '@faultline/sdk/api';

export type ShownReport = CrashReport;

interface WalkedFrame {
  frame?: number;
  function?: string | null;
  module?: string | null;
  file?: string | null;
  line?: number | null;
  module_offset?: string | null;
  offset?: string | null;
  trust?: string | null;
  inlines?: { function: string; file: string | null; line: number | null }[] | null;
}

interface Walk {
  crash_info?: { type?: string | null; address?: string | null; crashing_thread?: number | null };
  crashing_thread?: { thread_name?: string | null; frames?: WalkedFrame[] } | null;
}

/** A report as text for a terminal. Everything in it came from outside: control characters are shown, not sent. */
export function printReport(report: ShownReport): string {
  const processed = report.processed;
  const walk = processed?.['json_dump'] as Walk | null | undefined;
  const lines = [
    ['Crash', `bp-${report.crashId}`],
    ['State', report.state === 'processed' ? String(processed?.['status'] ?? '') : `${report.state} (${report.step})`],
    ['Product', [report.product, report.version, report.channel].filter((part) => part !== '').join(' ')],
    ['Platform', report.platform],
    ['Received', report.submittedTimestamp],
    ['Signature', String(processed?.['signature'] ?? '')],
    ['Reason', [walk?.crash_info?.type, walk?.crash_info?.address].filter(Boolean).join(' at ')],
    ['Error', report.error === null ? '' : `${report.error.code}: ${report.error.message}`],
  ];
  const head = lines.filter(([, value]) => value !== '').map(([name, value]) => `${name?.padEnd(10)} ${value}`);
  return `${[...head, ...crashingThread(walk)].map(printable).join('\n')}\n`;
}

function crashingThread(walk: Walk | null | undefined): string[] {
  const thread = walk?.crashing_thread;
  const frames = thread?.frames ?? [];
  if (frames.length === 0) return [];
  const number = walk?.crash_info?.crashing_thread;
  const name = thread?.thread_name ? ` (${thread.thread_name})` : '';
  return ['', `Thread ${number ?? '?'}${name} crashed:`, ...frames.flatMap(frameLines)];
}

function frameLines(frame: WalkedFrame, index: number): string[] {
  const number = String(frame.frame ?? index).padStart(3);
  const inlined = (frame.inlines ?? []).map(
    (call) => `${number}  ${call.function}${place(call.file, call.line)}  [inlined]`,
  );
  const what = frame.function ?? address(frame);
  const module = frame.function != null && frame.module != null ? ` (${frame.module})` : '';
  return [...inlined, `${number}  ${what}${module}${place(frame.file, frame.line)}  [${frame.trust ?? '?'}]`];
}

/** Of a frame without symbols: where it is in its module, which is the same on every machine. */
function address({ module, module_offset: inModule, offset }: WalkedFrame): string {
  return module == null ? (offset ?? 'unknown') : `${module} + ${inModule ?? '?'}`;
}

function place(file: string | null | undefined, line: number | null | undefined): string {
  if (file == null) return '';
  return ` ${file}${line == null ? '' : `:${line}`}`;
}

function printable(line: string): string {
  return line.replace(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
