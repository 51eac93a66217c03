import { addressLimit, type RecordCursor } from './record-cursor.js';
import type { SymbolProblemReason, WinRecordFields } from './symbol-text-handler.js';

/**
 * `STACK WIN type rva code_size prologue epilogue parameters saved locals max_stack has_program rest`, all hex. Of the
 * types only 0 (FPO) and 4 (framedata) say how to unwind; exactly the second has a program. The cursor ends before `rest`.
 */
export function readWinFields(cursor: RecordCursor): WinRecordFields | SymbolProblemReason {
  const fields: WinRecordFields = {
    type: cursor.hexWord(),
    address: cursor.address(),
    codeSize: cursor.hexWord(),
    prologueSize: cursor.hexWord(),
    epilogueSize: cursor.hexWord(),
    parameterSize: cursor.hexWord(),
    savedRegisterSize: cursor.hexWord(),
    localSize: cursor.hexWord(),
    maxStackSize: cursor.hexWord(),
    hasProgram: cursor.hexWord() !== 0,
  };
  if (cursor.isBad || (fields.type === 4) !== fields.hasProgram) return 'malformed record';
  if (fields.type !== 0 && fields.type !== 4) return 'unused STACK WIN type';
  return fields.address + fields.codeSize >= addressLimit ? 'address too large' : fields;
}
