import { FaultlineError } from '@faultline/sdk/errors';
import { mayBeNative } from '../native/native-file.js';
import { parseSymbolKey, keyText, type SymbolKey } from '../store/symbol-key.js';
import type { SymbolRecord } from '../store/symbol-records.js';
import type { SymbolStore, Verdict } from '../store/symbol-store.js';
import { readZip, type ZipLimits, type ZipMember } from './zip-members.js';

/** Files written at once: one waits for the disk while others are packed. */
const atOnce = 16;

export interface ZipUpload {
  file: string;
  limits: ZipLimits;
  isTry: boolean;
  uploadId: string;
  uploadedBy: string;
  signal: AbortSignal;
  /** Parts of names, as in `qcom/proprietary`: a zip that has one is refused. */
  refusedNames: readonly string[];
}

export interface ZipOutcome {
  stored: SymbolRecord[];
  skipped: SymbolRecord[];
  rejected: { key: string; reason: string }[];
}

/**
 * Stores the files of a zip. Its names are checked before the first file is written: a zip with a wrong one stores
 * nothing. A file with wrong content is rejected alone.
 * @param outcome filled as files are done with: it tells of those before a throw, too
 */
export async function storeZip(store: SymbolStore, upload: ZipUpload, outcome: ZipOutcome): Promise<void> {
  await readZip(upload.file, upload.limits, async (members) => {
    const wanted = keyed(members, upload.refusedNames);
    const rest = wanted.values();
    const work = async (): Promise<void> => {
      for (const { key, member } of rest) {
        upload.signal.throwIfAborted();
        const { isTry, uploadId, uploadedBy, signal } = upload;
        const content = member.open();
        const { name } = member;
        note(outcome, name, await store.add({ key, name, content, isTry, uploadId, uploadedBy, signal }));
      }
    };
    const workers = Array.from({ length: atOnce }, work);
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
}

function note(outcome: ZipOutcome, name: string, verdict: Verdict): void {
  if (verdict.outcome === 'stored') outcome.stored.push(verdict.record);
  else if (verdict.outcome === 'same') outcome.skipped.push(verdict.record);
  else outcome.rejected.push({ key: name, reason: verdict.reason });
}

interface WantedMember {
  /** Null for a native file that names itself. */
  key: SymbolKey | null;
  member: ZipMember;
}

/** Members with their keys; what dump_syms' wrappers and macOS add is left out. */
function keyed(members: readonly ZipMember[], refusedNames: readonly string[]): WantedMember[] {
  const found = new Map<string, WantedMember>();
  for (const member of members) {
    if (isIgnored(member.name)) continue;
    const refused = refusedNames.find((part) => member.name.includes(part));
    if (refused !== undefined) {
      throw new FaultlineError(
        'Malformed',
        'ZIP_NAME_REFUSED',
        `The zip has ${member.name}: "${refused}" is refused.`,
        {
          hint: 'Leave those files out; the server refuses names of symbols.upload.refusedNames.',
        },
      );
    }
    const key = keyOf(member.name);
    const name = key === null ? member.name : keyText(key);
    const known = found.get(name);
    if (known !== undefined && known.member.size !== member.size) {
      throw new FaultlineError('Malformed', 'ZIP_DUPLICATE', `The zip has ${member.name} twice, in two sizes.`);
    }
    found.set(name, { key, member });
  }
  if (found.size === 0) {
    throw new FaultlineError('Malformed', 'ZIP_EMPTY', 'The zip has no symbol file.', {
      hint: 'Its members are named <debug file>/<debug id>/<name>.sym; native debug files may have any path.',
    });
  }
  return [...found.values()];
}

/** An id has 9 digits or more: `build/abc/app.dll` is a path like another. */
export const keyForm = /^[^/]+\/[0-9a-f]{9,64}\/[^/]+$/i;

/** A native file may stand anywhere in the zip: its headers say where it belongs. */
function keyOf(name: string): SymbolKey | null {
  return mayBeNative(name) && !keyForm.test(name) ? null : parseSymbolKey(name);
}

/** `<build>-symbols.txt` at the root lists the rest; .DS_Store and __MACOSX come from zipping on a Mac. */
export function isIgnored(name: string): boolean {
  const parts = name.split('/');
  if (parts.length === 1 && name.endsWith('-symbols.txt')) return true;
  return parts.at(-1) === '.DS_Store' || parts[0] === '__MACOSX';
}
