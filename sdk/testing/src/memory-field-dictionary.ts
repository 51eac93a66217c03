import type { FieldDefinition, FieldDictionary, JsonValue } from '@faultline/sdk';

/** A field dictionary over a list that a test may change. */
export class MemoryFieldDictionary implements FieldDictionary {
  constructor(public fields: readonly FieldDefinition[]) {}

  all(): readonly FieldDefinition[] {
    return this.fields;
  }

  get(id: string): FieldDefinition | undefined {
    return this.fields.find((field) => field.id === id);
  }

  redact(document: Record<string, JsonValue | undefined>, mayViewProtected: boolean): Record<string, JsonValue> {
    const shown: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(document)) {
      const isShown = mayViewProtected || this.get(key)?.permission === 'public';
      if (value !== undefined && isShown) shown[key] = value;
    }
    return shown;
  }

  hash(): string {
    return JSON.stringify(this.fields);
  }
}
