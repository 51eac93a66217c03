/** Worker thread: builds one piece of a symbol file and posts its bodies as they become full. */
import { parentPort, workerData } from 'node:worker_threads';
import { asFaultlineError, type ErrorKind } from '@faultline/sdk/errors';
import { partTransfers, SymbolPartBuilder, type Slab, type SymbolLimits, type SymbolPart } from '@faultline/symbols';
import { plainChunks } from './text-chunks.js';

export interface BuildPieceJob {
  text: string;
  start: number;
  end: number;
  index: number;
  count: number;
  limits: Partial<SymbolLimits>;
}

export type BuildPieceMessage =
  | { kind: 'slabs'; slabs: Slab[]; bytes: number }
  | { kind: 'part'; part: SymbolPart; slabs: Slab[]; bytes: number }
  | { kind: 'failed'; errorKind: ErrorKind; code: string; message: string };

function post(message: BuildPieceMessage, transfers: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transfers);
}

function build(job: BuildPieceJob): void {
  const { limits, index, count } = job;
  const builder = new SymbolPartBuilder({ limits, part: { index, count } });
  let bytes = 0;
  for (const chunk of plainChunks(job.text, job.start, job.end)) {
    builder.push(chunk);
    bytes += chunk.length;
    const slabs = builder.takeSlabs();
    if (slabs.length === 0) continue;
    post({ kind: 'slabs', slabs, bytes }, slabBuffers(slabs));
    bytes = 0;
  }
  const { part, slabs } = builder.finish();
  post({ kind: 'part', part, slabs, bytes }, [...partTransfers(part), ...slabBuffers(slabs)]);
}

function slabBuffers(slabs: Slab[]): ArrayBuffer[] {
  return slabs.map((slab) => slab.bytes.buffer);
}

try {
  build(workerData as BuildPieceJob);
} catch (error) {
  const { kind, code, message } = asFaultlineError(error, 'SYMBOLS_UNREADABLE');
  post({ kind: 'failed', errorKind: kind, code, message }, []);
}
