/**
 * The port between the stack walker and whatever holds symbols. The walker (`@faultline/minidump`) asks a
 * `SymbolProvider` for a module's symbols; `@faultline/symbols` implements `ModuleSymbols` over a `.symx` index or
 * a `.sym` text. Neither imports the other.
 */
import type { Bytes, MaybePromise, Milliseconds, ModuleOffset } from './units.js';

/** What names a module's symbols. Strings are as the dump gives them: hostile, may hold path separators. */
export interface ModuleIdentity {
  /** Path or name of the binary as stored in the dump. */
  codeFile: string;
  /** PE: timestamp and size, ELF: build id, Mach-O: uuid; lower-case hex, "" when unknown. */
  codeId: string;
  /** Name of the file with debug information ("xul.pdb"), "" when unknown. */
  debugFile: string;
  /** Breakpad form: 32 upper-case hex digits and the age in hex without padding; "" when unknown. */
  debugId: string;
}

/** A call that the compiler expanded in place. */
export interface InlineCall {
  function: string;
  /** Where the inlined body stands at this address; null when the symbol file does not say. */
  file: string | null;
  line: number | null;
}

/** What a symbol file says of one address. */
export interface SymbolizedAddress {
  function: string;
  functionAddress: ModuleOffset;
  /** 0 when it is only a PUBLIC symbol, whose size is unknown. */
  functionSize: Bytes;
  /** Bytes of parameters on the stack, as the FUNC or PUBLIC record says; x86 only. */
  parameterSize: Bytes;
  source: 'func' | 'public';
  /** Several functions were folded into this code (the record has the `m` mark). */
  isFolded: boolean;
  /** Of the outermost function: with inlines, the place of the call. */
  file: string | null;
  line: number | null;
  /** Where the line's code begins, for "line 58 + 0x3"; left out where there is no line, or the source can't tell. */
  lineAddress?: ModuleOffset;
  /** Innermost first; empty when nothing is inlined here. */
  inlines: InlineCall[];
}

/** STACK CFI records in force at one address: the INIT row, then the delta rows up to it, in file order. */
export interface CfiRecords {
  initAddress: ModuleOffset;
  initSize: Bytes;
  /** Rule texts, e.g. `.cfa: $rsp 8 + .ra: .cfa -8 + ^`; a later row overrides an earlier one by register. */
  rows: string[];
}

/** One STACK WIN record. `type` 4 is framedata (has a program), 0 is FPO. Sizes in bytes. */
export interface WinFrameRecord {
  type: 0 | 4;
  address: ModuleOffset;
  codeSize: Bytes;
  prologueSize: Bytes;
  epilogueSize: Bytes;
  parameterSize: Bytes;
  savedRegisterSize: Bytes;
  localSize: Bytes;
  maxStackSize: Bytes;
  /** The program text (type 4), else null. */
  program: string | null;
  /** Type 0: the function saves and uses ebp for its own ends. */
  allocatesBasePointer: boolean;
}

/** STACK WIN records that cover one address. */
export interface WinFrameRecords {
  frameData: WinFrameRecord | null;
  fpo: WinFrameRecord | null;
}

/** Symbols of one module. All offsets are relative to the module's base. Never throws for a bad address: null. */
export interface ModuleSymbols {
  /** From the MODULE record; empty strings when the file has none. */
  readonly moduleRecord: { os: string; architecture: string; debugId: string; name: string };
  /** Where the symbols came from, for people (a path below the symbol folder, or a URL). */
  readonly origin: string;
  symbolize(offset: ModuleOffset): MaybePromise<SymbolizedAddress | null>;
  /** Whether a FUNC covers the offset or a PUBLIC stands before it: what scanning asks of each candidate word. */
  hasFunctionAt(offset: ModuleOffset): MaybePromise<boolean>;
  cfiAt(offset: ModuleOffset): MaybePromise<CfiRecords | null>;
  winFramesAt(offset: ModuleOffset): MaybePromise<WinFrameRecords | null>;
}

/** One place that was asked for a module's symbols. */
export interface SymbolAttempt {
  /** Name of the source, as configured ("folder symbols", "https://symbols.example.org"). */
  source: string;
  /** What was asked for: a path or URL. */
  location: string;
  status: 'found' | 'not-found' | 'denied' | 'timeout' | 'unavailable' | 'malformed' | 'too-large' | 'skipped';
  milliseconds: Milliseconds;
  /** Bytes received or read; 0 when nothing was. */
  bytes: Bytes;
  /** In words, when there is more to say than the status. */
  reason?: string;
}

/** The answer for one module: symbols or none, and every place tried either way. */
export interface SymbolLookup {
  symbols: ModuleSymbols | null;
  attempts: SymbolAttempt[];
  /** A symbol file was found, but could not be used. */
  isCorrupt: boolean;
  /** Identity of the file found, when it was found by code file and code id under another name. */
  redirectedTo?: { debugFile: string; debugId: string };
  /** Address of the file found, for `symbol_url`; null when it came from disk. */
  url: string | null;
}

/** Finds symbols. Called at most once per module and walk; must not throw: what fails is an attempt. */
export interface SymbolProvider {
  find(module: ModuleIdentity, signal?: AbortSignal): Promise<SymbolLookup>;
  /**
   * Called when symbols that `find` gave threw while being read (a damaged page, an unreadable disk): throws away what
   * can be made again, such as an index, and looks once more. At most once per module and walk. A provider without it
   * has nothing to make again.
   */
  recover?(module: ModuleIdentity, failed: ModuleSymbols, signal?: AbortSignal): Promise<SymbolLookup>;
}
