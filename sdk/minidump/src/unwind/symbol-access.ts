import type { CfiRecords, ModuleSymbols, SymbolizedAddress, WinFrameRecords } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress, MaybePromise, ModuleOffset } from '@faultline/sdk/units';
import type { ModuleRecord } from '../model/module-record.js';

/** Gives the symbols of a module, or null when there are none. Called once per module and walk. */
export type SymbolsOf = (module: ModuleRecord) => MaybePromise<ModuleSymbols | null>;

/** Gives other symbols for those that threw while they were read, or null when there are none. */
export type RecoverSymbols = (
  module: ModuleRecord,
  failed: ModuleSymbols,
  error: unknown,
) => MaybePromise<ModuleSymbols | null>;

/**
 * What one walk asks of symbols. Remembers which modules it asked for, keeps scanning from asking for too many, and
 * turns a symbol reader that throws into one made anew, or into a module without symbols, so that a damaged file
 * costs no thread.
 */
export class SymbolAccess {
  readonly #symbolsOf: SymbolsOf;
  readonly #recover: RecoverSymbols;
  readonly #known = new Map<ModuleRecord, ModuleSymbols | null>();
  #scanLoadsLeft: number;
  /** Modules whose symbols failed while being read, with the reason. */
  readonly failures = new Map<ModuleRecord, string>();
  /** The bound on loads for scanned words was reached. */
  scanLoadsExhausted = false;

  constructor(symbolsOf: SymbolsOf, maxScanModuleLoads: number, recover: RecoverSymbols = () => null) {
    this.#symbolsOf = symbolsOf;
    this.#recover = recover;
    this.#scanLoadsLeft = maxScanModuleLoads;
  }

  symbolize(module: ModuleRecord, address: AbsoluteAddress): Promise<SymbolizedAddress | null> {
    return this.#ask(module, address, (symbols, offset) => symbols.symbolize(offset));
  }

  cfiAt(module: ModuleRecord, address: AbsoluteAddress): Promise<CfiRecords | null> {
    return this.#ask(module, address, (symbols, offset) => symbols.cfiAt(offset));
  }

  winFramesAt(module: ModuleRecord, address: AbsoluteAddress): Promise<WinFrameRecords | null> {
    return this.#ask(module, address, (symbols, offset) => symbols.winFramesAt(offset));
  }

  /**
   * Whether a return address found by scanning is believable: it lies in a function, or nothing is known of the
   * module's functions. `address` is already one less than the word found: a call that never returns may stand at
   * the very end of its function.
   */
  async mayBeCode(module: ModuleRecord, address: AbsoluteAddress): Promise<boolean> {
    if (!this.#known.has(module)) {
      if (this.#scanLoadsLeft === 0) {
        // The frame that comes of it must not load them either.
        this.#known.set(module, null);
        this.scanLoadsExhausted = true;
        return true;
      }
      this.#scanLoadsLeft--;
    }
    const symbols = await this.#symbols(module);
    if (symbols === null) return true;
    const answer = await this.#ask(module, address, (known, offset) => known.hasFunctionAt(offset));
    return answer ?? true;
  }

  async #symbols(module: ModuleRecord): Promise<ModuleSymbols | null> {
    const known = this.#known.get(module);
    if (known !== undefined) return known;
    let symbols: ModuleSymbols | null = null;
    try {
      symbols = await this.#symbolsOf(module);
    } catch (error) {
      this.#fail(module, error);
    }
    this.#known.set(module, symbols);
    return symbols;
  }

  async #ask<T>(
    module: ModuleRecord,
    address: AbsoluteAddress,
    question: (symbols: ModuleSymbols, offset: ModuleOffset) => MaybePromise<T | null>,
  ): Promise<T | null> {
    const offset = Number(address - module.base);
    // Once more where the symbols were made anew; what throws then has none.
    for (let turn = 0; turn < 2; turn++) {
      const symbols = await this.#symbols(module);
      if (symbols === null) return null;
      try {
        return await question(symbols, offset);
      } catch (error) {
        const recovered = await this.#recover(module, symbols, error);
        this.#known.set(module, recovered);
        if (recovered === null) this.#fail(module, error);
      }
    }
    return null;
  }

  #fail(module: ModuleRecord, error: unknown): void {
    this.failures.set(module, error instanceof Error ? error.message : String(error));
  }
}
