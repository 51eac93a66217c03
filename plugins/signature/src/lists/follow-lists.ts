import type { Clock, Logger, Milliseconds, StateStore } from '@faultline/sdk';
import type { OperatorLists } from './operator-lists.js';

/** A folder on a slow disk is read in a few milliseconds; editors are not that fast. */
const folderInterval: Milliseconds = 2_000;

/** Keeps the lists as others make them: edits of another process, files of the folder. */
export function followLists(
  lists: OperatorLists,
  parts: { state: StateStore; clock: Clock; logger: Logger; signal: AbortSignal; hasFolder: boolean },
): void {
  const { state, clock, logger, signal, hasFolder } = parts;
  const refresh = async () => {
    try {
      await lists.refresh();
    } catch (error) {
      logger.warn({ error: String(error) }, 'The signature lists could not be read again; those in force stay');
    }
  };
  state.watch(['signature', 'lists'], refresh, signal);
  if (hasFolder) void lookAgain();

  async function lookAgain(): Promise<void> {
    while (!signal.aborted) {
      try {
        await clock.sleep(folderInterval, signal);
      } catch {
        // Told to stop.
        return;
      }
      await refresh();
    }
  }
}
