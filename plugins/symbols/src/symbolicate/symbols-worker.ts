/** Thread that opens symbols: reading them blocks, and building an index takes seconds. Runs for the symbolication API. */
import { parentPort, workerData } from 'node:worker_threads';
import { asFaultlineError } from '@faultline/sdk/errors';
import { createSymbolProvider } from '../provider/create-symbol-provider.js';
import type { SymbolProviderOptions } from '../provider/options.js';
import { symbolicate } from './symbolicate.js';
import { lookUp } from './look-up.js';
import type { WorkerAnswer, WorkerWish } from './worker-protocol.js';

const provider = createSymbolProvider(workerData as Partial<SymbolProviderOptions>);

parentPort?.on('message', (wish: WorkerWish) => {
  void answer(wish).then((reply) => parentPort?.postMessage(reply));
});

async function answer({ id, jobs, lookUp: wish, codeFiles }: WorkerWish): Promise<WorkerAnswer> {
  try {
    if (wish !== undefined) return { id, results: [], lookedUp: await lookUp(provider, wish) };
    const results = [];
    for (const job of jobs) {
      results.push(await symbolicate(job, provider, ([file, debugId]) => codeFiles[`${file}/${debugId}`] ?? null));
    }
    return { id, results };
  } catch (error) {
    return { id, error: asFaultlineError(error).toJSON() };
  }
}
