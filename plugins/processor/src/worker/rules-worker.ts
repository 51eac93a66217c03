/** The thread that runs rules. It may be terminated at any time: it opens no file, no socket and no database. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AnnotationField } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { runRules } from '../rules/run-rules.js';
import { HandCell } from './hand-cell.js';
import { loadRules } from './load-rules.js';
import type { RunRequest, WorkerReply, WorkerStart } from './worker-protocol.js';

// Both are what the runner of this thread gave it.
const { preloads, modules, cell } = workerData as WorkerStart;
const hand = new HandCell(cell);
let lastFields: readonly AnnotationField[] = [];
const reply = (message: WorkerReply) => parentPort?.postMessage(message);

for (const preload of preloads) await import(/* @vite-ignore */ preload);
const { rules, facts, problems } = await loadRules(modules, (index) => hand.begin('module', 0, index));
hand.end();
parentPort?.on('message', (request: RunRequest) => {
  run(request).catch((error: unknown) => reply({ kind: 'failed', job: request.job, message: String(error) }));
});
reply({ kind: 'loaded', rules: facts, problems });

async function run({ job, rules: ids, fields = lastFields, input }: RunRequest): Promise<void> {
  lastFields = fields;
  const wanted: ProcessingRule[] = ids.map((id) => {
    const rule = rules.get(id);
    if (rule === undefined) throw new Error(`There is no rule "${id}"`);
    return rule;
  });
  const result = await runRules(
    wanted,
    { ...input, fields },
    {
      begin: (index) => hand.begin('rule', job, index),
      end: () => hand.end(),
      time: () => performance.now(),
    },
  );
  reply({ kind: 'done', job, result });
}
