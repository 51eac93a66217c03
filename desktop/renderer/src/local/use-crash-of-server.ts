import { shallowRef } from 'vue';
import { asApiError, errorOfResponse, type ApiError } from '../api/api-error.js';
import { useApi } from '../api/current-api.js';
import type { LocalDump } from './local-dump.js';
import { useLocalDumps } from './local-dumps.js';

export type CrashFetch = { kind: 'idle' } | { kind: 'fetching'; crashId: string } | { kind: 'failed'; error: ApiError };

/** Opens the dump of a stored crash (`/local?crash=ID`), which needs the permission to download it. */
export function useCrashOfServer(show: (dump: LocalDump) => Promise<void>) {
  const api = useApi();
  const store = useLocalDumps();
  const state = shallowRef<CrashFetch>({ kind: 'idle' });

  async function open(crashId: string): Promise<void> {
    const known = store.dumps.find((dump) => dump.crashId === crashId);
    if (known !== undefined) return show(known);
    state.value = { kind: 'fetching', crashId };
    try {
      const answer = await fetch(api.partAddress(crashId, 'upload_file_minidump'), { credentials: 'same-origin' });
      if (!answer.ok) throw await errorOfResponse(answer);
      const file = await answer.blob();
      const name = `${crashId}.dmp`;
      const facts = { name, path: name, size: file.size, file, handle: null, microdumpIndex: 0, crashId };
      const [dump] = store.add([facts]);
      state.value = { kind: 'idle' };
      if (dump !== undefined) await show(dump);
    } catch (error) {
      state.value = { kind: 'failed', error: asApiError(error) };
    }
  }

  return { open, state };
}
