import type { FieldDefinition, ProcessedCrash } from '@faultline/sdk';
import { requireCrashId, crashIdDay } from '@faultline/sdk/crash-id';
import { indexedList, indexedNumber, indexedText, isSearchable, valueKind } from '@faultline/sdk/search';
import type { LoggedRow } from './row-log.js';

/** What of a crash goes into the index. Throws `Malformed CRASH_ID_INVALID`. */
export function loggedRow(crash: ProcessedCrash, run: number, fields: readonly FieldDefinition[]): LoggedRow {
  const id = requireCrashId(crash.crash_id);
  const values: LoggedRow['values'] = {};
  for (const field of fields) {
    if (!isSearchable(field) || field.id === 'crash_id') continue;
    const value = indexedValue(field, crash);
    if (value !== null) values[field.id] = value;
  }
  // A crash without a readable date is found by the day of its id.
  values['submitted_timestamp'] ??= Date.parse(`${crashIdDay(id)}T00:00:00Z`);
  const completed = Date.parse(crash.completed_datetime);
  return { id, run, completed: Number.isNaN(completed) ? null : completed, values };
}

function indexedValue(field: FieldDefinition, crash: ProcessedCrash): string | number | string[] | null {
  switch (valueKind(field.type)) {
    case 'text':
      return indexedText(field, crash);
    case 'number': {
      const number = indexedNumber(field, crash);
      return Number.isNaN(number) ? null : number;
    }
    case 'list': {
      const list = indexedList(field, crash);
      return list.length === 0 ? null : list;
    }
  }
}
