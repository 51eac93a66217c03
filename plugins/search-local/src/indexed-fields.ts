import type { FieldDefinition, FieldDictionary } from '@faultline/sdk';
import { searchFields } from '@faultline/sdk/search';
import { columnHashes } from './field-hashes.js';

/** The fields that are indexed and the hashes of their definitions, made anew when the dictionary has changed. */
export class IndexedFields {
  private known: { of: string; fields: readonly FieldDefinition[]; hashes: ReadonlyMap<string, string> } | null = null;

  constructor(private readonly dictionary: FieldDictionary) {}

  current(): { fields: readonly FieldDefinition[]; hashes: ReadonlyMap<string, string> } {
    const hash = this.dictionary.hash();
    if (this.known?.of !== hash) {
      const fields = searchFields(this.dictionary.all(), true).all();
      this.known = { of: hash, fields, hashes: columnHashes(fields) };
    }
    return this.known;
  }
}
