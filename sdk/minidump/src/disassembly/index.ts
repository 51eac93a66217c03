export { loadDisassembler } from './disassembler.js';
