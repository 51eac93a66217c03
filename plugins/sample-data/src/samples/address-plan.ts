/**
 * Where modules and functions of a sample stand: each module at a base of its own, each of its functions 256 bytes
 * behind the other, in the order in which the samples mention them. So one symbol file per module serves all samples.
 */
import { createHash } from 'node:crypto';
import { pointerSize } from '@faultline/minidump';
import type { SampleCrash, SampleFrame, SampleModule } from './sample.js';

export const functionSize = 0x100;
/** Code of the functions begins here, relative to the module. */
export const codeOffset = 0x1000;
export const moduleSize = 0x40000;

export interface PlannedFunction {
  name: string;
  offset: number;
  file: string;
  /** Line to the offset in the function at which it calls or crashes. */
  lines: Map<number, number>;
}

export interface PlannedModule {
  sample: SampleModule;
  fileName: string;
  cpu: SampleCrash['cpu'];
  os: SampleCrash['os'];
  /** Breakpad's form: 32 hex digits and the age. */
  debugId: string;
  functions: Map<string, PlannedFunction>;
}

export class AddressPlan {
  readonly modules = new Map<string, PlannedModule>();

  constructor(samples: readonly SampleCrash[]) {
    for (const sample of samples) {
      for (const module of sample.modules) this.#plan(sample, module);
      for (const frame of sample.stack) this.offsetOf(sample, frame);
    }
  }

  module(sample: SampleCrash, name: string): PlannedModule {
    const planned = this.modules.get(keyOf(sample, name));
    if (planned === undefined) throw new Error(`${sample.name} has no module ${name}`);
    return planned;
  }

  /** The address, relative to its module, at which a frame crashed or to which it would return. */
  offsetOf(sample: SampleCrash, frame: SampleFrame): number {
    const module = this.module(sample, frame.module);
    if (frame.function === null) return codeOffset + 0x2345;
    let planned = module.functions.get(frame.function);
    if (planned === undefined) {
      const offset = codeOffset + module.functions.size * functionSize;
      planned = { name: frame.function, offset, file: frame.file ?? '', lines: new Map() };
      module.functions.set(frame.function, planned);
    }
    const line = frame.line ?? 1;
    let within = planned.lines.get(line);
    if (within === undefined) {
      within = 0x10 + planned.lines.size * 0x10;
      planned.lines.set(line, within);
    }
    return planned.offset + within;
  }

  #plan(sample: SampleCrash, module: SampleModule): void {
    const fileName = module.path.split(/[\\/]/).at(-1) ?? module.path;
    const key = keyOf(sample, fileName);
    if (this.modules.has(key)) return;
    const digest = createHash('sha256').update(key).digest('hex').slice(0, 32).toUpperCase();
    const { cpu, os } = sample;
    // Windows counts the age of a debug file from 1; build ids and uuids have none.
    const age = os === 'Windows NT' ? '1' : '0';
    this.modules.set(key, { sample: module, fileName, cpu, os, debugId: `${digest}${age}`, functions: new Map() });
  }
}

/** One build of a module: the same file name on another system or processor is another file. */
function keyOf(sample: SampleCrash, fileName: string): string {
  return `${sample.os}/${sample.cpu}/${fileName}`;
}

/** Bytes between two return addresses on a sample's stack. */
export function frameSize(cpu: SampleCrash['cpu']): number {
  return pointerSize(cpu) * 8;
}
