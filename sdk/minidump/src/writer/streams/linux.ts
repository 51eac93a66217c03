import { type CpuArchitecture, pointerSize } from '../../model/cpu.js';
import type { DsoDebug } from '../../reader/streams/dso-debug.js';
import type { ByteWriter } from '../byte-writer.js';
import type { DumpLayout } from '../dump-layout.js';

/** Linux text streams as their text; what stands in /proc of a process, and /etc/lsb-release. */
export interface LinuxDescription {
  linux?: {
    cpuinfo?: string;
    status?: string;
    lsbRelease?: string;
    /** Arguments, written with NUL between them. */
    commandLine?: string[];
    environment?: Record<string, string>;
    /** Pairs of AT_ type and value. */
    auxv?: [bigint, bigint][];
    maps?: string;
    limits?: string;
    /** What the dynamic linker told debuggers. */
    dsoDebug?: DsoDebug;
  };
  /** Mozilla's stream of errors met while writing the dump: JSON text. */
  softErrors?: string;
}

export function writeLinuxStreams(
  { cpu, linux, softErrors }: LinuxDescription & { cpu?: CpuArchitecture },
  layout: DumpLayout,
): void {
  const pointer = pointerSize(cpu ?? 'amd64');
  const text = (type: number, value: string | undefined) => {
    if (value !== undefined) layout.stream(type, layout.writer().utf8(value).finish());
  };
  text(0x47670003, linux?.cpuinfo);
  text(0x47670004, linux?.status);
  text(0x47670005, linux?.lsbRelease);
  text(0x47670006, linux?.commandLine?.map((argument) => `${argument}\0`).join(''));
  if (linux?.environment !== undefined) {
    const pairs = Object.entries(linux.environment);
    text(0x47670007, pairs.map(([name, value]) => `${name}=${value}\0`).join(''));
  }
  if (linux?.auxv !== undefined) {
    const vector = layout.writer();
    for (const [type, value] of linux.auxv) addresses(vector, pointer, type, value);
    layout.stream(0x47670008, vector.finish());
  }
  text(0x47670009, linux?.maps);
  if (linux?.dsoDebug !== undefined) writeDsoDebug(linux.dsoDebug, pointer, layout);
  text(0x4d7a0003, linux?.limits);
  text(0x4d7a0004, softErrors);
}

function addresses(writer: ByteWriter, pointer: 4 | 8, ...values: bigint[]): ByteWriter {
  return pointer === 8
    ? writer.u64(...values)
    : writer.u32(...values.map((value) => Number(BigInt.asUintN(32, value))));
}

/** As Breakpad's client lays it out: fields aligned to their size. */
function writeDsoDebug(debug: DsoDebug, pointer: 4 | 8, layout: DumpLayout): void {
  const links = layout.writer();
  for (const { offset, name, dynamic } of debug.objects) {
    addresses(links, pointer, offset).u32(layout.utf16String(name));
    addresses(links.zeros(pointer - 4), pointer, dynamic);
  }
  const stream = layout.writer().u32(debug.version, layout.place(links.finish()), debug.objects.length);
  stream.zeros(pointer - 4);
  layout.stream(0x4767000a, addresses(stream, pointer, debug.breakAddress, debug.linkerBase, debug.dynamic).finish());
}
