/** What `--full` and `--dumps` add: the walker's JSON with threads and modules, and a minidump to go with it. */
import { writeMinidump } from '@faultline/minidump';
import type { JsonValue, ProcessedCrash } from '@faultline/sdk';
import { Chance } from './model/chance.js';
import type { GeneratedCrash } from './generated-crashes.js';

const moduleCount = 80;
const moduleSize = 0x10_0000;
const firstBase = 0x7ff6_0000_0000;

/** The crash with its stacks, as a report's page shows them. */
export function withStacks({ processed, kind }: GeneratedCrash): ProcessedCrash {
  const chance = new Chance(`stacks ${processed.crash_id}`);
  const names = modulesOf(processed);
  const frames = String(processed['proto_signature'] ?? kind.signature).split(' | ');
  const stack = (names_: readonly string[]): JsonValue =>
    names_.map((name, frame) => {
      const module = chance.low(12);
      const offset = firstBase + module * moduleSize * 2 + 0x1000 + chance.below(0x8000);
      return {
        frame,
        function: name,
        module: names[module] ?? null,
        module_offset: hex(offset - firstBase - module * moduleSize * 2),
        offset: hex(offset),
        file: `src/${name.split('::')[0] ?? 'core'}.cpp`,
        line: 1 + chance.below(2000),
        trust: frame === 0 ? 'context' : 'cfi',
        missing_symbols: false,
      };
    });
  const others = Array.from({ length: 12 }, (_, index): JsonValue => ({
    thread_name: `Worker ${index}`,
    frame_count: 8,
    frames: stack(Array.from({ length: 8 }, (_, frame) => `base::Wait${(index * 8 + frame) % 40}::Run`)),
  }));
  return {
    ...processed,
    json_dump: {
      status: 'OK',
      crash_info: { type: processed['reason'] ?? null, address: processed['address'] ?? null, crashing_thread: 0 },
      system_info: { os: processed['os_name'] ?? null, cpu_arch: processed['cpu_arch'] ?? null },
      thread_count: others.length + 1,
      crashing_thread: { thread_index: 0, frames: stack(frames) },
      threads: [{ thread_name: 'MainThread', frame_count: frames.length, frames: stack(frames) }, ...others],
      modules: names.map((filename, index) => ({
        filename,
        base_addr: hex(firstBase + index * moduleSize * 2),
        end_addr: hex(firstBase + index * moduleSize * 2 + moduleSize),
        debug_file: `${filename}.pdb`,
        debug_id: debugId(filename),
        version: '1.0.0.0',
        missing_symbols: false,
      })),
    },
  };
}

/** A small minidump of the same crash. */
export function dumpOf({ processed }: GeneratedCrash): Promise<Uint8Array> {
  const base = BigInt(firstBase);
  const address = String(processed['address'] ?? '0x0');
  const registers = { rip: base + 0x1000n, rsp: 0x7ffd_0000_1000n };
  return Promise.resolve(
    writeMinidump({
      os: 'Windows NT',
      cpu: 'amd64',
      timestamp: Math.floor(Date.parse(processed.submitted_timestamp) / 1000),
      system: { majorVersion: 10, minorVersion: 0, buildNumber: 22631, processorCount: 8 },
      modules: modulesOf(processed).map((name, index) => ({
        base: base + BigInt(index * moduleSize * 2),
        size: moduleSize,
        name: `C:\\Program Files\\Kestrel\\${name}`,
        codeView: { kind: 'pdb70', debugId: debugId(name), path: `${name}.pdb` },
      })),
      threads: [{ id: 1, name: 'MainThread', registers, stack: { start: 0x7ffd_0000_1000n, words: [0n, 0n] } }],
      exception: {
        threadId: 1,
        code: 0xc0000005,
        flags: 0,
        address: BigInt(/^0x[0-9a-f]+$/.test(address) ? address : 0),
        information: [],
        registers,
      },
      memory: [],
    }),
  );
}

function modulesOf(processed: ProcessedCrash): string[] {
  const { modules } = processed;
  if (Array.isArray(modules)) return modules.map(String);
  return Array.from({ length: moduleCount }, (_, index) => `sys${index}.dll`);
}

function debugId(filename: string): string {
  return `${new Chance(`module ${filename}`).hex(32).toUpperCase()}1`;
}

function hex(address: number): string {
  return `0x${address.toString(16).padStart(16, '0')}`;
}
