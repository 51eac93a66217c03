import { createHash } from 'node:crypto';
import type { FieldDefinition } from '@faultline/sdk';
import { isSearchable } from '@faultline/sdk/search';
import { ownColumns } from './segments/row-source.js';

/** The part of a definition that decides what is indexed; a field whose hash differs is filled in again. */
export function definitionHash(field: FieldDefinition): string {
  return createHash('sha256')
    .update(`${field.type} ${field.path ?? ''}`)
    .digest('base64url')
    .slice(0, 12);
}

/** Names and hashes of all columns: the index's own, and one for each field that is searched. */
export function columnHashes(fields: readonly FieldDefinition[]): Map<string, string> {
  const hashes = new Map(Object.values(ownColumns).map((name): [string, string] => [name, '']));
  for (const field of fields) {
    if (isSearchable(field) && field.id !== 'crash_id') hashes.set(field.id, definitionHash(field));
  }
  return hashes;
}
