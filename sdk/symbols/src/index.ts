export { buildSymbolIndex, buildSymbolIndexInMemory, type BuildOptions } from './build/build-symbol-index.js';
export { IndexWriter, type IndexSink } from './build/index-writer.js';
export type { Slab } from './build/slab-writer.js';
export {
  partTransfers,
  SymbolPartBuilder,
  type SymbolPart,
  type SymbolPartOptions,
} from './build/symbol-part-builder.js';
export { checkSymbolFile, type SymbolFileReport } from './check/check-symbol-file.js';
export type { RecordCounts } from './check/checking-handler.js';
export type { IndexDirectory } from './format/directory.js';
export { indexMagic, indexVersion } from './format/layout.js';
export {
  breakpadPath,
  codeInfoPath,
  identityOfPath,
  normalDebugId,
  safeLeaf,
  type SymbolPath,
} from './paths/symbol-path.js';
export { openSymbolIndex } from './read/open-symbol-index.js';
export { openSymbolText } from './read/open-symbol-text.js';
export { SymbolIndexReader } from './read/symbol-index-reader.js';
export { utf16Encoding } from './text/decode-utf16.js';
export type { SymbolChunks } from './text/symbol-chunks.js';
export { splitPoint } from './text/split-point.js';
export { defaultSymbolLimits, type SymbolLimits } from './text/symbol-limits.js';
export type { ModuleRecord, SymbolProblem, SymbolProblemReason } from './text/symbol-text-handler.js';
