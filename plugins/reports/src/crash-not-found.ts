import type { CrashId, CrashStorage, StoredCrash } from '@faultline/sdk';
import { displayCrashId, requireCrashId } from '@faultline/sdk/crash-id';
import { FaultlineError } from '@faultline/sdk/errors';

function crashNotFound(id: CrashId): FaultlineError {
  return new FaultlineError('NotFound', 'CRASH_NOT_FOUND', `There is no crash report ${displayCrashId(id)}.`, {
    hint: 'It was never collected here, or it has expired.',
    details: { crashId: id },
  });
}

/** Throws `Malformed CRASH_ID_INVALID`, `NotFound CRASH_NOT_FOUND`. */
export async function loadCrash(storage: CrashStorage, text: string): Promise<StoredCrash> {
  const id = requireCrashId(text);
  const stored = await storage.load(id);
  if (stored === null) throw crashNotFound(id);
  return stored;
}
