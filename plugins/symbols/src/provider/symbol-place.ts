import type { ModuleIdentity, SymbolAttempt } from '@faultline/sdk/module-symbols';
import type { SymbolPath } from '@faultline/symbols/symbol-path';

/** A symbol file that a place has, as a file on this machine. */
export interface LocatedText {
  /** Path of the text; gzip or plain. */
  text: string;
  /** Where it came from, for people. */
  origin: string;
  /** Address it was downloaded from, else null. */
  url: string | null;
}

export interface PlaceAnswer {
  found: LocatedText | null;
  attempts: SymbolAttempt[];
}

/** A place that may have a module's symbols: a folder, the cache, a server. Never throws: what fails is an attempt. */
export interface SymbolPlace {
  readonly name: string;
  locate(module: ModuleIdentity, wanted: SymbolPath, signal?: AbortSignal): PlaceAnswer | Promise<PlaceAnswer>;
}
