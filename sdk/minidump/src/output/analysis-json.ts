import type { CrashAnalysis, ThreadGroup } from '../analysis/index.js';
import type { AddressText } from './address-text.js';
import { adjustedJson } from './crash-info-json.js';
import { inOrder, type JsonObject, type JsonValue } from './json-value.js';

/** What is concluded from the crash beyond rust-minidump's keys, for every CPU that has a disassembler. */
export function analysisJson(analysis: CrashAnalysis | null, address: AddressText): JsonObject | null {
  if (analysis === null) return null;
  const { operation } = analysis;
  return {
    adjusted_address: adjustedJson(analysis.adjustedAddress, address),
    inconsistencies: [...analysis.inconsistencies],
    instruction: operation?.instruction.text ?? null,
    memory_accesses: operation?.accesses?.map((access) => plainJson(access, address)) ?? null,
    poison: analysis.poison.map(({ register, poison }) => ({
      meaning: poison.pattern.meaning,
      offset: Number(poison.offset),
      register,
      source: poison.pattern.source,
    })),
    recursion: plainJson(analysis.recursion, address),
    registers: analysis.registers.map(({ register, value, pointsTo }) => ({
      points_to: plainJson(pointsTo, address),
      register,
      value: address(value),
    })),
    stack_overflow: plainJson(analysis.stackOverflow, address),
    verdict: plainJson(analysis.verdict, address),
  };
}

/** Positions of threads that stand at the same place, groups of two and more. */
export function threadGroupsJson(groups: readonly ThreadGroup[]): JsonValue[] {
  return groups.filter(({ threads }) => threads.length > 1).map(({ threads }) => [...threads]);
}

/** Plain data with keys in snake case and in order, and 64-bit numbers as addresses. */
function plainJson(value: unknown, address: AddressText): JsonValue {
  if (typeof value === 'bigint') return value < 0n ? `-${address(-value)}` : address(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item) => plainJson(item, address));
  if (value === null || typeof value !== 'object') return null;
  const json: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    json[key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = plainJson(item, address);
  }
  return inOrder(json);
}
