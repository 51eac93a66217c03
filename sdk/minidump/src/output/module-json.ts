import type { SymbolLookup } from '@faultline/sdk/module-symbols';
import type { ModuleRecord, UnloadedModuleRecord } from '../model/module-record.js';
import { type AddressText, baseName } from './address-text.js';
import type { JsonObject } from './json-value.js';

/** 33 zeros stand for an unknown debug id. */
const noDebugId = '0'.repeat(33);

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
    end_addr: address(module.base + BigInt(module.size)),
    filename: baseName(module.codeFile),
    debug_file: baseName(lookup?.redirectedTo?.debugFile ?? module.debugFile),
    debug_id: (lookup?.redirectedTo?.debugId ?? module.debugId) || noDebugId,
    code_id: module.codeId,
    version: module.version,
    cert_subject: certificates.get(baseName(module.codeFile)) ?? null,
    missing_symbols: lookup !== undefined && !found,
    loaded_symbols: found,
    corrupt_symbols: lookup?.isCorrupt ?? false,
    symbol_url: lookup?.url ?? null,
  };
}

export function unloadedModuleJson(
  module: UnloadedModuleRecord,
  { address, certificates }: Omit<ModuleContext, 'lookup'>,
): JsonObject {
  return {
    base_addr: address(module.base),
    end_addr: address(module.base + BigInt(module.size)),
    filename: module.name,
    code_id: module.codeId,
    cert_subject: certificates.get(module.name) ?? null,
  };
}
