import { FaultlineError } from '@faultline/sdk/errors';
import { parseSymbolKey, keyText, type SymbolKey } from '../store/symbol-key.js';
import type { SymbolStore, Verdict } from '../store/symbol-store.js';
import { readZip, type ZipLimits, type ZipMember } from './zip-members.js';

/** Files written at once: one waits for the disk while others are packed. */
const atOnce = 8;

export interface ZipUpload {
  file: string;
  limits: ZipLimits;
  isTry: boolean;
  uploadId: string;
  uploadedBy: string;
  signal: AbortSignal;
}

export interface ZipOutcome {
  stored: SymbolKey[];
  skipped: SymbolKey[];
  rejected: { key: string; reason: string }[];
}

/**
 * Stores the files of a zip. Its names are checked before the first file is written: a zip with a wrong one stores
 * nothing. A file with wrong content is rejected alone.
 */
export async function storeZip(store: SymbolStore, upload: ZipUpload): Promise<ZipOutcome> {
  const outcome: ZipOutcome = { stored: [], skipped: [], rejected: [] };
  await readZip(upload.file, upload.limits, async (members) => {
    const wanted = keyed(members);
    const rest = wanted.values();
    const work = async (): Promise<void> => {
      for (const { key, member } of rest) {
        upload.signal.throwIfAborted();
        const { isTry, uploadId, uploadedBy, signal } = upload;
        const content = await member.open();
        note(outcome, key, await store.add({ key, content, isTry, uploadId, uploadedBy, signal }));
      }
    };
    const workers = Array.from({ length: atOnce }, work);
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  });
  return outcome;
}

function note(outcome: ZipOutcome, key: SymbolKey, verdict: Verdict): void {
  if (verdict.outcome === 'stored') outcome.stored.push(key);
  else if (verdict.outcome === 'same') outcome.skipped.push(key);
  else outcome.rejected.push({ key: keyText(key), reason: verdict.reason });
}

/** Members with their keys; what dump_syms' wrappers and macOS add is left out. */
function keyed(members: readonly ZipMember[]): { key: SymbolKey; member: ZipMember }[] {
  const found = new Map<string, { key: SymbolKey; member: ZipMember }>();
  for (const member of members) {
    if (isIgnored(member.name)) continue;
    const key = parseSymbolKey(member.name);
    const known = found.get(keyText(key));
    if (known !== undefined && known.member.size !== member.size) {
      throw new FaultlineError('Malformed', 'ZIP_DUPLICATE', `The zip has ${member.name} twice, in two sizes.`);
    }
    found.set(keyText(key), { key, member });
  }
  if (found.size === 0) {
    throw new FaultlineError('Malformed', 'ZIP_EMPTY', 'The zip has no symbol file.', {
      hint: 'Its members are named <debug file>/<debug id>/<name>.sym.',
    });
  }
  return [...found.values()];
}

/** `<build>-symbols.txt` at the root lists the rest; .DS_Store and __MACOSX come from zipping on a Mac. */
function isIgnored(name: string): boolean {
  const parts = name.split('/');
  if (parts.length === 1 && name.endsWith('-symbols.txt')) return true;
  return parts.at(-1) === '.DS_Store' || parts[0] === '__MACOSX';
}
