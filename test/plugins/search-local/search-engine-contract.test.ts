import type { ProcessedCrash } from '@faultline/sdk';
import { describeSearchEngine } from '@faultline/testing/suites';
import { openEngine } from './open-engine.js';

describeSearchEngine('LocalSearchEngine', async (fields) => {
  const opened = await openEngine(fields);
  // Columns that are not indexed come from the stored crash.
  const crashes = new Map<string, ProcessedCrash>();
  const index = opened.engine.index.bind(opened.engine);
  opened.engine.index = async (batch) => {
    for (const { crash } of batch) crashes.set(crash.crash_id, crash);
    await index(batch);
  };
  opened.storage.processedCrash = (id) => Promise.resolve(crashes.get(id) ?? null);
  return { engine: opened.engine, settle: () => opened.engine.port.ask('flush', {}), close: opened.close };
});
