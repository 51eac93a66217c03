import type { SymbolLookup } from '@faultline/sdk/module-symbols';
import type { ModuleRecord, UnloadedModuleRecord } from '../model/module-record.js';
import { type AddressText, baseName } from './address-text.js';
import type { JsonObject } from './json-value.js';

/** 33 zeros stand for an unknown debug id. */
const noDebugId = '0'.repeat(33);

/**
 * Whether a module has addresses: rust-minidump leaves those without out of its lists. They stay in the library's own.
 */
export function hasRange({ base, size }: { base: bigint; size: number }): boolean {
  return size > 0 && base + BigInt(size) < 0x1_0000_0000_0000_0000n;
}

interface ModuleContext {
  address: AddressText;
  /** undefined: no frame touched the module, so nobody looked for its symbols. */
  lookup: SymbolLookup | undefined;
  certificates: ReadonlyMap<string, string>;
}

export function moduleJson(module: ModuleRecord, { address, lookup, certificates }: ModuleContext): JsonObject {
  const found = lookup !== undefined && (lookup.symbols !== null || lookup.isCorrupt);
  return {
    base_addr: address(module.base),
    cert_subject: certificates.get(baseName(module.codeFile)) ?? null,
    code_id: module.codeId,
    corrupt_symbols: lookup?.isCorrupt ?? false,
    debug_file: baseName(lookup?.redirectedTo?.debugFile ?? module.debugFile),
    debug_id: (lookup?.redirectedTo?.debugId ?? module.debugId) || noDebugId,
    end_addr: address(module.base + BigInt(module.size)),
    filename: baseName(module.codeFile),
    loaded_symbols: found,
    missing_symbols: lookup !== undefined && !found,
    symbol_url: lookup?.url ?? null,
    version: module.version,
  };
}

export function unloadedModuleJson(
  module: UnloadedModuleRecord,
  { address, certificates }: Omit<ModuleContext, 'lookup'>,
): JsonObject {
  return {
    base_addr: address(module.base),
    cert_subject: certificates.get(module.name) ?? null,
    code_id: module.codeId,
    end_addr: address(module.base + BigInt(module.size)),
    filename: module.name,
  };
}
