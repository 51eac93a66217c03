/** Thread that opens symbols: reading them blocks, and building an index takes seconds. Runs for the symbolication API. */
import { parentPort, workerData } from 'node:worker_threads';
import { asFaultlineError } from '@faultline/sdk/errors';
import { createSymbolProvider } from '../provider/create-symbol-provider.js';
import type { SymbolProviderOptions } from '../provider/options.js';
import { symbolicate, type CodeFileOf } from './symbolicate.js';
import { DebugTally } from './symbolication-debug.js';
import { lookUp } from './look-up.js';
import type { WorkerAnswer, WorkerWish } from './worker-protocol.js';

const provider = createSymbolProvider(workerData as Partial<SymbolProviderOptions>);

parentPort?.on('message', (wish: WorkerWish) => {
  void answer(wish).then((reply) => parentPort?.postMessage(reply));
});

async function answer({ id, jobs, lookUp: wish, codeFiles, isDebug }: WorkerWish): Promise<WorkerAnswer> {
  try {
    if (wish !== undefined) return { id, results: [], lookedUp: await lookUp(provider, wish) };
    const tally = isDebug === true ? new DebugTally() : null;
    const codeFileOf: CodeFileOf = ([file, debugId]) => codeFiles[`${file}/${debugId}`] ?? null;
    const results = [];
    for (const job of jobs) results.push(await symbolicate(job, { provider, codeFileOf, tally }));
    return { id, results, ...(tally === null ? {} : { debug: tally.finish() }) };
  } catch (error) {
    return { id, error: asFaultlineError(error).toJSON() };
  }
}
