import { contributionPoint } from './contribution.js';
import type { JsonValue } from './raw-crash.js';

/**
 * Where a stack walker finds symbols. Walking happens in child processes, so a source is described, not passed: the
 * child imports `module` and calls its `createSymbolProvider(options)`, which returns a `SymbolProvider`. Sources are
 * asked in the order of `order`, then id.
 */
export interface SymbolSource {
  id: string;
  title: string;
  order: number;
  /** URL of an ES module. */
  module: string;
  options: JsonValue;
  /** What the provider gets instead for dumps of a product, by the name that reports give; null: `options`. */
  optionsFor?(product: string): JsonValue | null;
}
export const SymbolSource = contributionPoint<SymbolSource>('SymbolSource');
