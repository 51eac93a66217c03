import { createHash } from 'node:crypto';
import type { FieldDefinition } from '@faultline/sdk';
import { isSearchable } from '@faultline/sdk/search';
import { ownColumns } from './segments/row-source.js';

/** Every query asks for a dozen, of the few that all definitions together have. */
const known = new Map<string, string>();

/** The part of a definition that decides what is indexed; a field whose hash differs is filled in again. */
export function definitionHash({ type, path = '' }: FieldDefinition): string {
  const text = `${type} ${path}`;
  let hash = known.get(text);
  if (hash === undefined) {
    hash = createHash('sha256').update(text).digest('base64url').slice(0, 12);
    known.set(text, hash);
  }
  return hash;
}

/** Names and hashes of all columns: the index's own, and one for each field that is searched. */
export function columnHashes(fields: readonly FieldDefinition[]): Map<string, string> {
  const hashes = new Map(Object.values(ownColumns).map((name): [string, string] => [name, '']));
  for (const field of fields) {
    if (isSearchable(field) && field.id !== 'crash_id') hashes.set(field.id, definitionHash(field));
  }
  return hashes;
}
