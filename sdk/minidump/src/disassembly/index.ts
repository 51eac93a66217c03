export { codeAround, type CodeLine, codeWindow } from './code-around.js';
export { loadDisassembler } from './disassembler.js';
