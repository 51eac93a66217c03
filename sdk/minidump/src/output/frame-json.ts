import type { CpuContext } from '../model/cpu-context.js';
import type { WalkedFrame } from '../model/frame.js';
import type { UnloadedModuleRecord } from '../model/module-record.js';
import { type AddressText, baseName } from './address-text.js';
import { registerDigits, shownRegisters } from './shown-registers.js';
import type { JsonObject } from './json-value.js';

/** One frame as rust-minidump's JSON has it, without registers. */
export function frameJson(
  frame: WalkedFrame,
  { address, unloaded }: { address: AddressText; unloaded: readonly UnloadedModuleRecord[] },
): JsonObject {
  const { module, symbol, instruction } = frame;
  const calls = symbol?.inlines ?? [];
  return {
    file: symbol?.file ?? null,
    frame: frame.index,
    function: symbol?.function ?? null,
    function_offset:
      module === null || symbol === null ? null : address(instruction - module.base - BigInt(symbol.functionAddress)),
    inlines:
      calls.length === 0 ? null : calls.map(({ file, function: name, line }) => ({ file, function: name, line })),
    line: symbol?.line ?? null,
    missing_symbols: symbol === null,
    module: module === null ? null : baseName(module.codeFile),
    module_offset: module === null ? null : address(instruction - module.base),
    offset: address(instruction),
    trust: frame.trust,
    unloaded_modules: module === null ? unloadedJson(instruction, unloaded, address) : null,
  };
}

/** Unloaded modules that held the address, by name; null when none did. */
function unloadedJson(instruction: bigint, unloaded: readonly UnloadedModuleRecord[], address: AddressText) {
  const offsets = new Map<string, Set<bigint>>();
  for (const { base, size, name } of unloaded) {
    if (instruction < base || instruction >= base + BigInt(size)) continue;
    const known = offsets.get(name) ?? new Set();
    offsets.set(name, known.add(instruction - base));
  }
  if (offsets.size === 0) return null;
  const names = [...offsets.keys()].sort();
  return names.map((name) => ({
    module: name,
    offsets: [...(offsets.get(name) ?? [])].sort((one, other) => (one < other ? -1 : 1)).map(address),
  }));
}

/** The registers of frame 0 that rust-minidump prints, each in its own width. */
export function registersJson(context: CpuContext): JsonObject {
  const registers: JsonObject = {};
  const digits = registerDigits(context.cpu);
  for (const name of [...shownRegisters(context)].sort()) {
    const value = context.registers.get(name);
    if (value !== undefined) registers[name] = `0x${value.toString(16).padStart(digits, '0')}`;
  }
  return registers;
}
