import { t } from '../i18n/i18n.js';
import { list, number, record, text, type StackFrame, type StackReport } from './stack-model.js';
import { shortAddress } from './stack-text.js';

export interface RegisterRow {
  name: string;
  value: string;
  /** Where the value points, in a few words; "" when nothing is worth saying. */
  meaning: string;
}

/** The frame's registers; with what they point to and in the processor's order where the walker says so. */
export function registerRows(frame: StackFrame, report: StackReport, isFaulting: boolean): RegisterRow[] {
  const analysed = isFaulting ? list(record(report.faultline['analysis'])['registers']).map(record) : [];
  const known = new Map(analysed.map((one) => [text(one['register']), pointsTo(record(one['points_to']))]));
  const order = [...known.keys()];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return frame.registers
    .map(([name, value]) => ({ name, value, meaning: known.get(name) ?? '' }))
    .sort((a, b) => place(a.name) - place(b.name));
}

function pointsTo(target: Record<string, unknown>): string {
  const offset = shortAddress(text(target['offset']));
  switch (text(target['kind'])) {
    case 'null':
      return 'null';
    case 'stack':
      return t('reading.registerWords.stackOfThread', { target: number(target['thread_index']) ?? '?' });
    case 'heap':
      return 'heap';
    case 'module':
      return `${text(target['module'])}${offset === '' ? '' : ` + ${offset}`}`;
    case 'kernel':
      return 'kernel';
    case 'non-canonical':
      return t('reading.registerWords.notAnAddress');
    default:
      return '';
  }
}
