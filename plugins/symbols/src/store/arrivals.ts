import { subjects, type Bus } from '@faultline/sdk';
import { isSymbolFile } from './symbol-key.js';
import type { SymbolRecord } from './symbol-records.js';

/** Tells those who wait for files that one has come: walkers and menders for a `.sym`, the converter for the rest. */
export class Arrivals {
  constructor(
    private readonly bus: Bus,
    private readonly convert: (record: SymbolRecord) => Promise<void>,
  ) {}

  async note(records: readonly SymbolRecord[]): Promise<void> {
    for (const record of records) {
      const { debugFile, id } = record.key;
      if (isSymbolFile(record.key)) this.bus.emit(subjects.symbolsUploaded, { debugFile, debugId: id });
      else if (record.native !== undefined) await this.convert(record);
    }
  }
}
