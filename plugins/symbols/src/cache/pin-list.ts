import { mkdirSync } from 'node:fs';
import type { StateKey, StateStore } from '@faultline/sdk';
import { writePins, type SymbolPin } from './symbol-pins.js';

const prefix: StateKey = ['symbols', 'pin'];
const keyOf = ({ debugFile, debugId }: SymbolPin): StateKey => [
  ...prefix,
  debugFile.toLowerCase(),
  debugId.toUpperCase(),
];

/** Pins are kept in the state; the cache has a copy for the processes that see only it. */
export class PinList {
  constructor(
    private readonly state: StateStore,
    private readonly cacheFolder: string,
  ) {}

  async all(): Promise<SymbolPin[]> {
    const pins: SymbolPin[] = [];
    for await (const { value } of this.state.range<SymbolPin>({ prefix })) pins.push(value);
    return pins;
  }

  async add(pin: SymbolPin): Promise<void> {
    await this.state.set(keyOf(pin), { debugFile: pin.debugFile, debugId: pin.debugId.toUpperCase() });
    await this.copy();
  }

  async remove(pin: SymbolPin): Promise<void> {
    await this.state.delete(keyOf(pin));
    await this.copy();
  }

  /** The cache may have been emptied since. */
  async copy(): Promise<void> {
    mkdirSync(this.cacheFolder, { recursive: true });
    writePins(this.cacheFolder, await this.all());
  }
}
