import { FaultlineError } from '@faultline/sdk/errors';
import type { CpuArchitecture } from '../model/cpu.js';
import type { CpuContext } from '../model/cpu-context.js';
import type { MemoryBlock } from '../model/memory-block.js';
import type { ModuleRecord } from '../model/module-record.js';
import { ByteView } from '../reader/byte-view.js';
import { decodeContext, registerLayout } from '../reader/contexts/cpu-context.js';
import type { DumpProblem } from '../reader/dump-problem.js';
import { ProcessMemory } from '../reader/memory/process-memory.js';
import type { SystemInfo } from '../reader/streams/system-info.js';
import type { CrashDump } from '../walk/crash-dump.js';
import { noFacts } from '../walk/process-facts.js';
import type { Microdump, MicrodumpFacts } from './microdump-text.js';

const architectures: Record<string, CpuArchitecture> = {
  arm: 'arm',
  arm64: 'arm64',
  x86: 'x86',
  x86_64: 'amd64',
  mips: 'mips',
  mips64: 'mips64',
  riscv32: 'riscv',
  riscv64: 'riscv64',
};

/** Size of arm64's older context: the way to tell the two apart in a log. */
const arm64OldSize = 796;

/**
 * A microdump as something to walk: one thread, whose stack is all the memory there is.
 * @throws FaultlineError `MICRODUMP_INCOMPLETE` without a context or for an unknown CPU
 */
export function microdumpCrashDump(microdump: Microdump): CrashDump {
  const cpu = architectures[microdump.architecture];
  const bytes = fromHex(microdump.contextHex);
  if (cpu === undefined || bytes.byteLength === 0) {
    throw new FaultlineError(
      'Malformed',
      'MICRODUMP_INCOMPLETE',
      `The microdump has ${bytes.byteLength} bytes of context for the CPU "${microdump.architecture.slice(0, 40)}"`,
      { hint: 'The log was cut, or lines of the microdump were dropped from it.' },
    );
  }
  const problems: DumpProblem[] = [];
  const modules = microdump.modules.map(moduleOf);
  const system = systemOf(microdump, cpu, bytes.byteLength === arm64OldSize ? 0x8003 : 0);
  const stack = stackOf(microdump, problems);
  const context = contextOf(bytes, system);
  return {
    format: 'microdump',
    system,
    timestamp: 0,
    threads: [
      {
        index: 0,
        threadId: 0,
        name: null,
        isDumpWriter: false,
        teb: 0n,
        context: () => Promise.resolve(context),
        stack: () => Promise.resolve(stack),
        shadowStack: () => Promise.resolve(null),
      },
    ],
    requestingThread: 0,
    exception: exceptionOf(microdump),
    exceptionContext: () => Promise.resolve(context),
    modules,
    reachableModules: cutAtNext(modules),
    unloadedModules: [],
    memory: memoryOf(stack),
    regions: null,
    facts: { ...noFacts, size: 0, microdump: microdumpFacts(microdump) },
    problems: () => problems,
  };
}

function microdumpFacts({ productVersion, processType, gpu }: Microdump): MicrodumpFacts {
  return { productVersion, processType, gpu };
}

function systemOf(microdump: Microdump, cpu: CpuArchitecture, processorArchitecture: number): SystemInfo {
  return {
    os: microdump.os === 'A' ? 'Android' : 'Linux',
    platformId: microdump.os === 'A' ? 0x8203 : 0x8201,
    cpu,
    processorArchitecture,
    processorLevel: 0,
    processorRevision: 0,
    processorCount: microdump.processorCount,
    productType: 0,
    suiteMask: 0,
    majorVersion: 0,
    minorVersion: 0,
    buildNumber: 0,
    csdVersion: microdump.osVersion,
    version: microdump.osVersion,
    build: null,
    cpuInfo: null,
  };
}

function contextOf(bytes: Uint8Array, system: SystemInfo): CpuContext {
  const layout = registerLayout(system);
  if (layout === null)
    throw new FaultlineError('Unsupported', 'MICRODUMP_INCOMPLETE', `No registers for ${system.cpu}`);
  return decodeContext(new ByteView(bytes, true), system.cpu, layout);
}

function exceptionOf({ reason }: Microdump): CrashDump['exception'] {
  if (reason === null) return null;
  const nowhere = { size: 0, rva: 0 };
  const { signal, address } = reason;
  return { threadId: 0, code: signal, flags: 0, chainedRecord: 0n, address, information: [], context: nowhere };
}

function moduleOf({ base, size, debugId, name }: Microdump['modules'][number], index: number): ModuleRecord {
  return {
    index,
    base,
    size,
    codeFile: name,
    codeId: '',
    debugFile: name,
    debugId,
    version: null,
    timestamp: 0,
    checksum: 0,
  };
}

/**
 * Android maps a library's parts one by one, and the log names the whole: where a module reaches into the next, that
 * one is right (Breakpad's microdump-multiple.dmp: libGLESv1_CM_adreno.so reaches into libllvm-glnext.so).
 */
function cutAtNext(modules: ModuleRecord[]): ModuleRecord[] {
  const sorted = [...modules].sort((one, other) => (one.base < other.base ? -1 : one.base > other.base ? 1 : 0));
  return sorted.map((module, at) => {
    const next = sorted[at + 1]?.base ?? module.base + BigInt(module.size);
    return { ...module, size: Math.min(module.size, Number(next - module.base)) };
  });
}

/** The chunks must follow one another; at a gap (a dropped line of the log) the stack ends. */
function stackOf({ stack }: Microdump, problems: DumpProblem[]): MemoryBlock | null {
  const first = stack?.chunks[0];
  if (stack === null || first === undefined) return null;
  const parts: Uint8Array[] = [];
  let end = first.address;
  for (const chunk of stack.chunks) {
    if (chunk.address !== end) {
      problems.push({
        stream: 'stack',
        code: 'STACK_GAP',
        message: `Lines of the stack are missing at 0x${end.toString(16)}`,
      });
      break;
    }
    const part = fromHex(chunk.hex);
    parts.push(part);
    end += BigInt(part.byteLength);
  }
  const bytes = new Uint8Array(Number(end - first.address));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return { start: first.address, bytes, littleEndian: true };
}

function memoryOf(stack: MemoryBlock | null): ProcessMemory {
  const bytes = stack?.bytes ?? new Uint8Array();
  const ranges = stack === null ? [] : [{ start: stack.start, size: bytes.byteLength, offset: 0 }];
  const read = (offset: number, length: number) => Promise.resolve(bytes.subarray(offset, offset + length));
  return ProcessMemory.of({ littleEndian: true, bytes: read }, ranges);
}

function fromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length >> 1);
  for (let at = 0; at < bytes.byteLength; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}
