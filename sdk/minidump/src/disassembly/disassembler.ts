import type { CpuArchitecture } from '../model/cpu.js';
import type { Disassembler } from './instruction.js';

/**
 * The decoder for a CPU, loaded when the first instruction asks for it; null for a CPU without one. The decoders are
 * our own: tables and code of some tens of kilobytes that work at once and alike in Node, workers and browsers.
 */
export async function loadDisassembler(cpu: CpuArchitecture): Promise<Disassembler | null> {
  if (cpu === 'amd64') return (await import('./x86/decoder.js')).decodeAmd64;
  if (cpu === 'x86') return (await import('./x86/decoder.js')).decodeX86;
  if (cpu === 'arm64') return (await import('./arm64/decoder.js')).decodeArm64;
  return null;
}
