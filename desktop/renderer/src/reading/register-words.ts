import { t } from '../i18n/i18n.js';
import { list, number, record, text, type StackFrame, type StackReport } from './stack-model.js';
import { shortAddress } from './stack-text.js';

export interface RegisterRow {
  name: string;
  value: string;
  /** Where the value points, in a few words; "" when nothing is worth saying. */
  meaning: string;
  /** Value in the frame that this one called; "" where that is the same or not known. */
  was: string;
}

/**
 * The frame's registers; with what they point to and in the processor's order where the walker says so.
 * @param called the frame that this one called; null for the innermost one
 */
export function registerRows(
  frame: StackFrame,
  report: StackReport,
  { isFaulting, called }: { isFaulting: boolean; called: StackFrame | null },
): RegisterRow[] {
  const analysed = list(record(report.faultline['analysis'])['registers']).map(record);
  const known = new Map(analysed.map((one) => [text(one['register']), pointsTo(record(one['points_to']))]));
  const before = new Map(called?.registers ?? []);
  const order = [...known.keys()];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return frame.registers
    .map(([name, value]) => {
      const other = before.get(name) ?? value;
      return { name, value, meaning: isFaulting ? (known.get(name) ?? '') : '', was: other === value ? '' : other };
    })
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
