import type { WinFrameRecord } from '@faultline/sdk/module-symbols';
import type { Registers, UnwindStep } from './architecture.js';
import { scanLength } from './scan-length.js';
import { scanForReturnAddress } from './scan.js';
import type { ScannedWord } from './scanned-word.js';
import { returnAddressSlot, type WinEnvironment } from './stack-win.js';

/** Registers that a STACK WIN record gave, put right where they can't be. */
export interface RepairedFrame {
  registers: Registers;
  /** Where the return address was found by scanning; null where the record's own one holds. */
  scanned: { slot: bigint; rejectedWords: ScannedWord[] } | null;
}

/**
 * What Breakpad does with the caller that a STACK WIN record gave (and rust-minidump does not): sizes in these records
 * are often wrong by a saved register or a few parameters. A return address in no module is looked for again, from the
 * word behind it on; code that was made at run time lies in no module either, so memory that is known to be
 * executable is believed. A frame pointer that does not point into the stack is looked for among the saved registers.
 */
export async function repairWinFrame(
  step: UnwindStep,
  record: WinFrameRecord,
  given: { environment: WinEnvironment; registers: Registers },
): Promise<RepairedFrame> {
  const { environment } = given;
  const registers: Registers = new Map(given.registers);
  const eip = registers.get('eip') ?? 0n;
  const ebp = registers.get('ebp') ?? 0n;
  // Both 0: the outermost frame says so.
  if (eip === 0n && ebp === 0n) return { registers, scanned: null };
  let scanned: RepairedFrame['scanned'] = null;
  const expected = returnAddressSlot(record, environment);
  if (step.modules.moduleAt(eip) === null && step.isExecutable(eip) !== true) {
    const { hit, rejected } = await scanForReturnAddress(step, {
      from: BigInt(expected + 4),
      words: scanLength(step.callee.trust),
      wordBytes: 4,
      isPlausible: (value) => value !== 0n,
    });
    if (hit !== null) {
      registers.set('eip', hit.value).set('esp', hit.slot + 4n);
      scanned = { slot: hit.slot, rejectedWords: rejected };
    }
  }
  const keepsFramePointer = record.type === 4 || record.allocatesBasePointer;
  if (keepsFramePointer && step.stack.word(ebp, 4) === null) {
    const moved = scanned === null ? 0 : Number(scanned.slot) - expected;
    const found = savedFramePointer(step, environment, record.savedRegisterSize + moved);
    if (found !== null) registers.set('ebp', found);
  }
  return { registers, scanned };
}

/** The highest word of the saved registers that points into the stack. */
function savedFramePointer({ stack }: UnwindStep, environment: WinEnvironment, savedBytes: number): bigint | null {
  const lowest = BigInt(environment.esp + environment.grandCalleeParameterSize);
  // A hostile record may name 4 GB of saved registers: the stack ends before.
  const highest = lowest + BigInt(Math.max(0, Math.min(savedBytes, stack.size)));
  for (let slot = highest; slot >= lowest; slot -= 4n) {
    const value = stack.word(slot, 4);
    if (value !== null && stack.word(value, 4) !== null) return value;
  }
  return null;
}
