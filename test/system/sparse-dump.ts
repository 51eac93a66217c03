import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { writeMinidumpSource } from '@faultline/minidump';

const gigabyte = 2 ** 30;
const stack = 0x7000_0000_0000n;

/** Writes a full dump: all of its 2 GiB are there, but a file system stores only what is not zero. */
export async function writeSparseDump(file: string): Promise<void> {
  const registers = { rip: 0x40_1000n, rsp: stack + BigInt(gigabyte), rbp: stack + BigInt(gigabyte) + 16n };
  const frames = new DataView(new ArrayBuffer(32));
  frames.setBigUint64(16, stack + BigInt(gigabyte) + 64n, true);
  frames.setBigUint64(24, 0x40_1234n, true);
  const source = writeMinidumpSource({
    os: 'Linux',
    cpu: 'amd64',
    modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '/bin/app' }],
    threads: [{ id: 1, registers, stack: { start: stack, isElsewhere: true } }],
    exception: { threadId: 1, code: 11, flags: 1, address: 0x45n, registers },
    memory64: [
      {
        start: stack,
        contents: {
          size: 2 * gigabyte,
          fill(into: Uint8Array, offset: number) {
            const source = new Uint8Array(frames.buffer);
            for (let at = 0; at < source.length; at++) {
              const place = gigabyte + at - offset;
              if (place >= 0 && place < into.byteLength) into[place] = source[at] ?? 0;
            }
          },
        },
      },
    ],
  });
  const output = openSync(file, 'w');
  try {
    ftruncateSync(output, source.size);
    // The memory is the last part of the file: in front of it is all else, and in its middle the stack.
    const memoryAt = source.size - 2 * gigabyte;
    for (const [from, length] of [
      [0, memoryAt],
      [memoryAt + gigabyte, 4096],
    ] as const) {
      writeSync(output, await source.read(from, length), 0, length, from);
    }
  } finally {
    closeSync(output);
  }
}
