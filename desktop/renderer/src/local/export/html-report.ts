/** A walk as one HTML file that needs nothing else: no script, no address, readable in any browser and in print. */
import { crashVerdict } from '../../reading/crash-words.js';
import type { StackReport, StackThread } from '../../reading/stack-model.js';
import { frameName, shortAddress, sourcePlace } from '../../reading/stack-text.js';
import { foldThreads } from '../../reading/thread-folding.js';
import { trustWords } from '../../reading/frame-trust.js';
import { visibleWhole } from '../../reading/visible-text.js';

/** Parts that a person may leave out. */
export const reportParts = [
  'threads',
  'modules',
  'annotations',
  'registers',
  'comments',
  'commandLine',
  'environment',
] as const;
export type ReportPart = (typeof reportParts)[number];

export interface HtmlReport {
  title: string;
  stack: StackReport;
  annotations: readonly { name: string; value: unknown }[];
  parts: ReadonlySet<ReportPart>;
  /** Takes private strings out of a text. */
  remove(text: string): string;
  madeAt: Date;
}

const mostThreads = 500;
const mostFrames = 1000;

export function htmlReport(report: HtmlReport): string {
  const { stack, parts } = report;
  const show = (text: string): string => html(visibleWhole(report.remove(text)));
  const verdict = crashVerdict(stack, '', '');
  const crashing = stack.threads.find(({ isCrashing }) => isCrashing);
  const others = foldThreads(stack.threads).filter(({ thread }) => thread !== crashing);
  const sections = [
    `<h1>${show(verdict.sentence)}</h1>`,
    `<p>${show(verdict.place)}</p>`,
    factTable(stack, show),
    verdict.evidence.length === 0
      ? ''
      : `<ul>${verdict.evidence.map((line) => `<li>${show(line)}</li>`).join('')}</ul>`,
    crashing === undefined ? '' : `<h2>${show(threadTitle(crashing))}</h2>${frameTable(crashing, show)}`,
    parts.has('registers') && crashing !== undefined ? registerTable(crashing, show) : '',
    parts.has('threads') ? threadList(others, show) : '',
    parts.has('annotations') ? annotationTable(wantedAnnotations(report), show) : '',
    parts.has('modules') ? moduleTable(stack, show) : '',
    `<footer>Faultline, ${report.madeAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</footer>`,
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${show(report.title)}</title><style>${style}</style></head><body>`,
    ...sections.filter((section) => section !== ''),
    '</body></html>\n',
  ].join('\n');
}

/** Every text that the report may show: what is searched for private strings. */
export function* textsOfReport({
  stack,
  annotations,
  title,
}: Pick<HtmlReport, 'stack' | 'annotations' | 'title'>): Generator<string> {
  yield title;
  const verdict = crashVerdict(stack, '', '');
  yield* [verdict.sentence, verdict.place, ...verdict.evidence];
  for (const thread of stack.threads) {
    yield thread.name;
    for (const frame of thread.frames) {
      yield* [frame.function, frame.file, frame.module];
      for (const inline of frame.inlines) yield* [inline.function, inline.file];
    }
  }
  for (const module of stack.modules) yield* [module.filename, module.debugFile, module.signer];
  for (const { value } of annotations) if (typeof value === 'string') yield value;
}

function wantedAnnotations({ annotations, parts }: HtmlReport): HtmlReport['annotations'] {
  return annotations.filter(({ name }) => {
    if (name === 'command_line') return parts.has('commandLine');
    if (name === 'environment_names') return parts.has('environment');
    return name !== 'comment' || parts.has('comments');
  });
}

type Show = (text: string) => string;

function factTable({ system, reason, address }: StackReport, show: Show): string {
  const text = (key: string): string => (typeof system[key] === 'string' ? system[key] : '');
  const facts: [string, string][] = [
    ['Reason', reason],
    ['Address', address],
    ['System', [text('os'), text('os_ver')].join(' ').trim()],
    ['Processor', [text('cpu_arch'), text('cpu_info')].join(' ').trim()],
  ];
  return table(
    [],
    facts.filter(([, value]) => value !== '').map((fact) => fact.map(show)),
  );
}

function threadTitle({ index, name, isCrashing }: StackThread): string {
  return `Thread ${index}${name === '' ? '' : ` (${name})`}${isCrashing ? ', crashed' : ''}`;
}

function frameTable(thread: StackThread, show: Show): string {
  const rows = thread.frames.slice(0, mostFrames).flatMap((frame) => {
    if (frame.truncated !== '') return [['…', '', show(frame.truncated), '', '']];
    const inlined = frame.inlines.map((inline) => [
      '',
      show(frame.module),
      show(inline.function),
      show(sourcePlace(inline.file, inline.line)),
      'inlined',
    ]);
    const place = show(sourcePlace(frame.file, frame.line));
    const trust = html(trustWords(frame.trust).word);
    return [...inlined, [String(frame.number), show(frame.module), show(frameName(frame)), place, trust]];
  });
  return table(['Frame', 'Module', 'Function', 'Source', 'Trust'], rows);
}

function registerTable(thread: StackThread, show: Show): string {
  const registers = thread.frames[0]?.registers ?? [];
  if (registers.length === 0) return '';
  return `<h2>Registers</h2>${table(
    [],
    registers.map(([name, value]) => [show(name), show(shortAddress(value))]),
  )}`;
}

function threadList(folds: ReturnType<typeof foldThreads>, show: Show): string {
  const shown = folds.slice(0, mostThreads).map(({ thread, same }) => {
    const title = `${threadTitle(thread)}${same.length === 0 ? '' : `, and ${same.length} like it`}`;
    return `<details><summary>${show(title)}</summary>${frameTable(thread, show)}</details>`;
  });
  return shown.length === 0 ? '' : `<h2>Other threads</h2>${shown.join('\n')}`;
}

function annotationTable(annotations: HtmlReport['annotations'], show: Show): string {
  const rows = annotations.map(({ name, value }) => [
    show(name),
    show(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  return rows.length === 0 ? '' : `<h2>Annotations</h2>${table(['Name', 'Value'], rows)}`;
}

function moduleTable({ modules }: StackReport, show: Show): string {
  const rows = modules.map((module) => [
    show(module.filename),
    show(module.version),
    show(module.debugId),
    show(shortAddress(module.base)),
    html(module.symbols === 'unused' ? '' : module.symbols),
  ]);
  return `<h2>Modules</h2>${table(['Module', 'Version', 'Debug id', 'Address', 'Symbols'], rows)}`;
}

/** Cells are HTML already. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const head =
    titles.length === 0 ? '' : `<thead><tr>${titles.map((title) => `<th>${html(title)}</th>`).join('')}</tr></thead>`;
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  return `<table>${head}<tbody>${body}</tbody></table>`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const style = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 1200px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 24px; }
table { border-collapse: collapse; width: 100%; }
td, th { padding: 2px 10px 2px 0; border-bottom: 1px solid color-mix(in srgb, currentcolor 20%, transparent); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
td { font: 12px/1.6 ui-monospace, monospace; }
footer { margin-top: 32px; opacity: .7; }
`;
