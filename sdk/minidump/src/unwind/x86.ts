import type { WinFrameRecords } from '@faultline/sdk/module-symbols';
import type { Architecture, Attempt, UnwindStep } from './architecture.js';
import { forwardedRegisters, found, nothing, stackMustShrink } from './architecture.js';
import { scanLength } from './scan-length.js';
import { scanForReturnAddress } from './scan.js';
import { callerByCfi } from './stack-cfi.js';
import type { WinEnvironment } from './stack-win.js';
import { repairWinFrame } from './stack-win-repair.js';
import { runWinProgram, unwindWinFpo } from './stack-win.js';

/**
 * 32-bit x86: STACK WIN (framedata before FPO), then STACK CFI, then ebp chains without any check of plausibility,
 * then scanning.
 */
export const x86: Architecture = {
  wordBytes: 4,
  instruction: 'eip',
  stack: 'esp',
  calleeSaved: ['ebp', 'ebx', 'edi', 'esi'],
  registers: new Set(['eip', 'esp', 'ebp', 'ebx', 'esi', 'edi', 'eax', 'ecx', 'edx', 'eflags']),
  aliases: new Map(),
  callLength: 1n,
  methods: [
    { name: 'cfi', find: callerByRecords },
    { name: 'frame_pointer', find: callerByFramePointer },
    { name: 'scan', find: callerByScan },
  ],
  endOfStack: stackMustShrink({ stack: 'esp' }),
};

/** 99.5 % of frames are smaller, by a histogram that Breakpad's authors made of popular libraries. */
const largestFrame = 128n * 1024n;

async function callerByRecords(step: UnwindStep): Promise<Attempt> {
  const { callee, symbols } = step;
  if (callee.module === null) return nothing('no-records', 'the address is in no module');
  const records = await symbols.winFramesAt(callee.module, callee.instruction);
  const byWin = records === null ? null : await callerByWin(step, records);
  if (byWin?.kind === 'found') return byWin;
  const byCfi = await callerByCfi(x86, step, { returnAddressName: 'eip' });
  // Where both fail, what the STACK WIN record suffered from says more than that there is no STACK CFI.
  if (byWin?.kind === 'nothing' && byCfi.kind === 'nothing' && byCfi.outcome === 'no-records') return byWin;
  return byCfi;
}

async function callerByWin(step: UnwindStep, records: WinFrameRecords): Promise<Attempt | null> {
  const record = records.frameData ?? records.fpo;
  if (record === null) return null;
  const registers = step.callee.context.registers;
  const esp = registers.get('esp');
  if (esp === undefined) return nothing('failed', 'esp is unknown');
  const environment: WinEnvironment = {
    esp: Number(esp),
    ebp: asNumber(registers.get('ebp')),
    ebx: asNumber(registers.get('ebx')),
    eip: asNumber(registers.get('eip')),
    isContextFrame: step.grandCallee === null,
    grandCalleeParameterSize: await parameterSizeOf(step),
    load: (address) => asNumber(step.stack.word(BigInt(address), 4)),
  };
  const result = record.type === 4 ? runWinProgram(record, environment) : unwindWinFpo(record, environment);
  if ('error' in result) return nothing('failed', `STACK WIN: ${result.error}`);
  const caller = forwardedRegisters(x86, registers);
  for (const [name, value] of result.registers) caller.set(name, BigInt(value));
  const { registers: repaired, scanned } = await repairWinFrame(step, record, { environment, registers: caller });
  if (scanned === null)
    return found({ registers: repaired, trust: 'cfi', returnAddressSlot: result.returnAddressSlot });
  const { slot, rejectedWords } = scanned;
  return found({ registers: repaired, trust: 'cfi_scan', returnAddressSlot: slot, rejectedWords });
}

/** STACK WIN records know a function's parameters better than its FUNC record does. */
async function parameterSizeOf({ grandCallee, symbols }: UnwindStep): Promise<number> {
  if (grandCallee?.module == null || grandCallee.symbol === null) return 0;
  if (grandCallee.symbol.source === 'public') return grandCallee.symbol.parameterSize >>> 0;
  const records = await symbols.winFramesAt(grandCallee.module, grandCallee.instruction);
  const record = records?.frameData ?? records?.fpo;
  return (record ?? grandCallee.symbol).parameterSize >>> 0;
}

function asNumber(value: bigint | null | undefined): number | null {
  return value == null ? null : Number(value);
}

function callerByFramePointer({ callee, stack }: UnwindStep): Attempt {
  const ebp = callee.context.registers.get('ebp');
  if (ebp === undefined) return nothing('failed', 'ebp is unknown');
  if (ebp >= 0xffff_fff7n) return nothing('rejected', 'ebp is at the end of the address space');
  const eip = stack.word(ebp + 4n, 4);
  const callerEbp = stack.word(ebp, 4);
  if (eip === null || callerEbp === null) return nothing('rejected', 'ebp does not point into the stack');
  const registers = new Map([
    ['eip', eip],
    ['esp', ebp + 8n],
    ['ebp', callerEbp],
  ]);
  return found({ registers, trust: 'frame_pointer', returnAddressSlot: ebp + 4n });
}

async function callerByScan(step: UnwindStep): Promise<Attempt> {
  const { callee, stack } = step;
  const esp = callee.context.registers.get('esp');
  if (esp === undefined) return nothing('failed', 'esp is unknown');
  const { hit, rejected } = await scanForReturnAddress(step, {
    from: esp,
    words: scanLength(callee.trust),
    wordBytes: 4,
    isPlausible: (value) => value !== 0n,
  });
  if (hit === null) return nothing('failed', 'no word looks like a return address');
  const registers = new Map([
    ['eip', hit.value],
    ['esp', hit.slot + 4n],
  ]);
  const pushed = hit.index > 0 ? stack.word(hit.slot - 4n, 4) : null;
  const ebp = callee.context.registers.get('ebp');
  if (pushed !== null && pushed > hit.slot && pushed - (hit.slot - 4n) <= largestFrame) {
    if (stack.word(pushed, 4) !== null) registers.set('ebp', pushed);
  } else if (pushed !== null && ebp !== undefined && ebp >= hit.slot + 4n && stack.word(ebp, 4) !== null) {
    registers.set('ebp', ebp);
  }
  return found({ registers, trust: 'scan', returnAddressSlot: hit.slot, rejectedWords: rejected });
}
