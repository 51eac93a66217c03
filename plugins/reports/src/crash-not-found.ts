import type { CrashId, CrashStorage, StoredCrash } from '@faultline/sdk';
import { displayCrashId, requireCrashId } from '@faultline/sdk/crash-id';
import { FaultlineError } from '@faultline/sdk/errors';

/**
 * Throws `Malformed CRASH_ID_INVALID`, `NotFound CRASH_ERASED` and `CRASH_EXPIRED` with `at` in the details, `NotFound
 * CRASH_NOT_FOUND` for what never was here.
 */
export async function loadCrash(storage: CrashStorage, text: string): Promise<StoredCrash> {
  const id = requireCrashId(text);
  const stored = await storage.load(id);
  if (stored === null) throw await absence(storage, id);
  return stored;
}

/** Why a crash is not there. */
async function absence(storage: CrashStorage, id: CrashId): Promise<FaultlineError> {
  const { state, at } = await storage.fate(id);
  const when = at === null ? null : new Date(at).toISOString();
  const day = when?.slice(0, 10) ?? '';
  const details = { crashId: id, at: when };
  if (state === 'erased') {
    const message = `The crash report ${displayCrashId(id)} was erased on ${day}.`;
    return new FaultlineError('NotFound', 'CRASH_ERASED', message, { details });
  }
  if (state === 'expired') {
    const message = `The crash report ${displayCrashId(id)} expired: its day was cleared on ${day}.`;
    return new FaultlineError('NotFound', 'CRASH_EXPIRED', message, {
      hint: 'Crashes are kept for as long as the section `retention` of the configuration says.',
      details,
    });
  }
  return new FaultlineError('NotFound', 'CRASH_NOT_FOUND', `There is no crash report ${displayCrashId(id)}.`, {
    hint: 'It was never collected here.',
    details: { crashId: id },
  });
}
