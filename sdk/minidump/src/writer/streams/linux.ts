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
  };
  /** Mozilla's stream of errors met while writing the dump: JSON text. */
  softErrors?: string;
}

export function writeLinuxStreams({ linux, softErrors }: LinuxDescription, layout: DumpLayout): void {
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
    for (const [type, value] of linux.auxv) vector.u64(type, value);
    layout.stream(0x47670008, vector.finish());
  }
  text(0x47670009, linux?.maps);
  text(0x4d7a0003, linux?.limits);
  text(0x4d7a0004, softErrors);
}
