import type { Job, JsonValue } from '@faultline/sdk';
import { z } from 'zod';
import type { Erasing } from './crash-erasing.js';
import type { Selections } from './selections.js';

export const eraseJobId = 'erasing/erase';

const EraseParams = z.strictObject({ selection: z.string().max(64) });

/** Cut off, it begins again: what is erased already is found gone. */
export function eraseJob(erasing: Erasing, selections: Selections): Job<z.output<typeof EraseParams>> {
  return {
    id: eraseJobId,
    title: 'Erase crashes',
    params: EraseParams,
    async run(run) {
      if (run.params === undefined) return undefined;
      const { selection } = run.params;
      const done = run.checkpoint<JsonValue>();
      if (done !== null) return done;
      const ids = await selections.ids(selection);
      await run.pausePoint();
      const receipt = await erasing.erase(ids, {
        actor: run.startedBy,
        signal: run.signal,
        progress: (count, total, stage) => run.progress(count, total, stage),
      });
      const kept: JsonValue = { ...receipt };
      await run.saveCheckpoint(kept);
      await selections.forget(selection);
      return kept;
    },
  };
}
