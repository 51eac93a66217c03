import { t } from '../i18n/i18n.js';
import type { FieldList, SearchAnswer } from '@faultline/sdk/api';
import type { TableColumn } from '../common/virtual-table.js';
import { byteSize } from '../reading/number-words.js';
import { span } from '../reading/time-words.js';

type Field = FieldList['fields'][number];
export type ReportRow = SearchAnswer['rows'][number];

/** Fields shown when nobody chose others. */
export const usualColumns = ['submitted_timestamp', 'signature', 'product', 'version', 'os_name', 'reason'];

const widths: Record<string, number> = {
  submitted_timestamp: 104,
  product: 112,
  version: 96,
  os_name: 108,
  os_pretty_version: 160,
  os_version: 120,
  reason: 240,
  address: 168,
  uptime: 104,
  cpu_arch: 72,
  release_channel: 88,
  process_type: 88,
};

/** The table's columns for these fields: the id of the report first, the signature with the room that is left. */
export function reportColumns(names: readonly string[], fieldOf: (id: string) => Field | undefined): TableColumn[] {
  const shown = names.filter((name) => name !== 'crash_id');
  const takesRoom = shown.includes('signature') ? 'signature' : shown.includes('reason') ? 'reason' : shown.at(-1);
  return [
    {
      id: 'crash_id',
      title: t('search.reportColumns.report'),
      width: 92,
      description: t('search.reportColumns.opensTheReport'),
    },
    ...shown.map((name, at): TableColumn => {
      const field = fieldOf(name);
      const isNumber = field?.type === 'integer' || field?.type === 'number';
      return {
        id: name,
        title: field?.title ?? name.replaceAll('_', ' '),
        width: name === takesRoom ? 0 : (widths[name] ?? 128),
        isNumber,
        ...(at >= 3 && name !== takesRoom ? { from: 440 + at * 100 } : {}),
        ...(field === undefined ? {} : { description: field.description }),
        ...(field?.searchable === true && field.type !== 'list'
          ? {
              sort: {
                ascending: name,
                descending: `-${name}`,
                first: isNumber || field.type === 'date' ? ('descending' as const) : ('ascending' as const),
              },
            }
          : {}),
      };
    }),
  ];
}

/** A cell's value as text; "" for a missing one. */
export function cellText(value: ReportRow[string] | undefined, field: Field | undefined): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'number') {
    if (field?.unit === 'bytes') return byteSize(value);
    if (field?.unit === 'seconds') return span(value);
    return String(value);
  }
  return typeof value === 'boolean' ? t(value ? 'search.reportColumns.yes' : 'search.reportColumns.no') : value;
}
