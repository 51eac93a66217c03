export { loadDisassembler } from './disassembler.js';
export type {
  AccessKind,
  Disassembler,
  ImmediateOperand,
  Instruction,
  MemoryOperand,
  Operand,
  RegisterOperand,
  RelativeOperand,
} from './instruction.js';
