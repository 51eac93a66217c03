import { FaultlineError } from '@faultline/sdk/errors';
import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';
import type { ByteView } from '../byte-view.js';
import { type DecodeContext, defineStream } from '../stream-definition.js';

/**
 * Unwind data that code registered while it ran (RtlAddFunctionTable): compilers at run time, whose code lies in no
 * module. MINIDUMP_FUNCTION_TABLE_DESCRIPTOR (minidumpapiset.h).
 */
export interface FunctionTable {
  /** First and last address that the table speaks of. */
  minimumAddress: AbsoluteAddress;
  maximumAddress: AbsoluteAddress;
  /** What the entries' addresses are relative to. */
  baseAddress: AbsoluteAddress;
  /** Entries that the table says it has. */
  entryCount: number;
  /** Bytes of one entry; their form is the CPU's. */
  entrySize: Bytes;
  /** RUNTIME_FUNCTION of x64, where entries have its 12 bytes: relative addresses. Empty for other forms. */
  functions: { begin: number; end: number; unwindInfo: number }[];
}

/** Bytes of a RUNTIME_FUNCTION on x64. */
const runtimeFunction = 12;

/**
 * Stream 13. Each descriptor is followed by the system's own one, the entries, and padding, so a table that does not
 * fit ends the list; the tables before it are kept.
 */
export const functionTables = defineStream<FunctionTable[]>(13, (stream, context) => {
  const headerSize = stream.u32(0);
  const sizes = { descriptor: stream.u32(4), native: stream.u32(8), entry: stream.u32(12) };
  const stated = stream.u32(16);
  if (headerSize < 24 || sizes.descriptor < 32) {
    throw new FaultlineError(
      'Malformed',
      'MINIDUMP_BAD_LIST',
      `${context.name}: header of ${headerSize} and descriptors of ${sizes.descriptor} bytes, expected 24 and 32 at least`,
    );
  }
  const tables: FunctionTable[] = [];
  let entriesLeft = context.limits.entries;
  let at = headerSize + stream.u32(20);
  while (tables.length < stated) {
    if (tables.length === context.limits.modules) {
      context.problems.limited(context.name, 'function tables', stated, tables.length);
      break;
    }
    const entryCount = at + 32 <= stream.length ? stream.u32(at + 24) : Infinity;
    const entriesAt = at + sizes.descriptor + sizes.native;
    const end = entriesAt + entryCount * sizes.entry;
    if (end > stream.length) {
      tooMany(context, stated, tables.length);
      break;
    }
    const functions =
      sizes.entry === runtimeFunction ? runtimeFunctions(stream, entriesAt, entryCount, entriesLeft) : [];
    if (functions.length < entryCount && sizes.entry === runtimeFunction) {
      context.problems.limited(context.name, 'function entries', entryCount, functions.length);
    }
    entriesLeft -= functions.length;
    tables.push({ ...descriptor(stream, at), entryCount, entrySize: sizes.entry, functions });
    at = end + stream.u32(at + 28);
  }
  return tables;
});

function descriptor(stream: ByteView, at: number) {
  return {
    minimumAddress: stream.u64(at),
    maximumAddress: stream.u64(at + 8),
    baseAddress: stream.u64(at + 16),
  };
}

function runtimeFunctions(stream: ByteView, at: number, count: number, most: number): FunctionTable['functions'] {
  return Array.from({ length: Math.min(count, most) }, (_, index) => {
    const entry = at + index * runtimeFunction;
    return { begin: stream.u32(entry), end: stream.u32(entry + 4), unwindInfo: stream.u32(entry + 8) };
  });
}

function tooMany(context: DecodeContext, stated: number, kept: number): void {
  context.problems.add({
    stream: context.name,
    code: 'COUNT_EXCEEDS_STREAM',
    message: `The stream names ${stated} function tables, but has bytes for ${kept}`,
  });
}
