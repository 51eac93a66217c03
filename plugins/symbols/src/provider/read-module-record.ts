import { checkSymbolFile, type ModuleRecord } from '@faultline/symbols';
import { textChunks } from '../index-store/text-chunks.js';

/** The MODULE record of a symbol file, from its first chunk; null when it does not start with one. */
export async function readModuleRecord(text: string): Promise<ModuleRecord | null> {
  for await (const chunk of textChunks(text)) {
    // The first line may be followed by half a line, which is then a problem that nobody reads.
    const report = await checkSymbolFile([chunk.subarray(0, 4096)]);
    return report.moduleRecord;
  }
  return null;
}
