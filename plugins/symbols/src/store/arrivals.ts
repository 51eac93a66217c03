import { subjects, type Bus } from '@faultline/sdk';
import type { ArrivedSymbols } from '../missing/arrived-symbols.js';
import { isSymbolFile } from './symbol-key.js';
import type { SymbolRecord } from './symbol-records.js';

/** Tells those who wait for files that some have come: walkers and menders for a `.sym`, the converter for the rest. */
export class Arrivals {
  constructor(
    private readonly bus: Bus,
    private readonly arrived: Pick<ArrivedSymbols, 'add'>,
    private readonly convert: (record: SymbolRecord) => Promise<void>,
  ) {}

  async note(records: readonly SymbolRecord[]): Promise<void> {
    const texts = records.filter(({ key }) => isSymbolFile(key));
    await this.arrived.add(texts.map(({ key }) => key.id));
    for (const { key } of texts) this.bus.emit(subjects.symbolsUploaded, { debugFile: key.debugFile, debugId: key.id });
    for (const record of records) if (record.native !== undefined) await this.convert(record);
  }
}
