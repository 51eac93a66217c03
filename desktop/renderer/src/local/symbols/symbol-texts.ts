import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import { breakpadPath, normalDebugId, type SymbolPath } from '@faultline/symbols';
import { shallowReactive } from 'vue';
import type { IncomingFile } from '../intake/dropped-files.js';
import type { FoundText, ModuleQuestion, SourceFile, SymbolAnswer } from '../walk/walk-messages.js';

/** The place that gave nothing, or did. */
interface PlaceAnswer {
  found: FoundText | null;
  attempts: SymbolAttempt[];
}

/** Somewhere to look for symbols beside the files that were dropped: the app's folders, a server. */
export interface SymbolPlace {
  find(module: ModuleQuestion, wanted: SymbolPath): Promise<PlaceAnswer>;
  /** Gets what `find` found without a file. */
  download(stamp: string): Promise<{ file: SourceFile | null; reason: string }>;
}

export interface SymbolText {
  debugId: string;
  name: string;
  path: string;
  /** Null until it was opened. */
  size: number | null;
  load(): Promise<SourceFile>;
}

const headBytes = 64 * 1024;

/** Symbol files that the person gave to this page, and further places that they allowed. */
export class SymbolTexts {
  /** By debug id. */
  readonly texts = shallowReactive(new Map<string, SymbolText>());
  places: SymbolPlace[] = [];
  private readonly downloads = new Map<string, SymbolPlace>();

  /** Takes a file that lies as in a symbol folder, unopened; false for any other. */
  addByPath({ path, file }: IncomingFile): boolean {
    const identity = identityOfPath(path);
    if (identity === null || !(file instanceof Blob || typeof file === 'function')) return false;
    const load = typeof file === 'function' ? file : () => Promise.resolve<SourceFile>(file);
    this.texts.set(identity.debugId, { ...identity, path, size: file instanceof Blob ? file.size : null, load });
    return true;
  }

  /** @returns why it is of no use; null when it was taken */
  async add({ path, file }: { path: string; file: Blob }): Promise<'no-module-record' | null> {
    const identity = await identityOfText(file);
    if (identity === null) return 'no-module-record';
    this.texts.set(identity.debugId, { ...identity, path, size: file.size, load: () => Promise.resolve(file) });
    return null;
  }

  async find(module: ModuleQuestion): Promise<SymbolAnswer> {
    const wanted = breakpadPath(module);
    if (wanted === null) return { found: null, attempts: [] };
    const attempts: SymbolAttempt[] = [];
    for (const place of [this.given(), ...this.places]) {
      const answer = await place.find(module, wanted);
      attempts.push(...answer.attempts);
      if (answer.found === null) continue;
      if (answer.found.file === null) this.downloads.set(answer.found.stamp, place);
      return { found: answer.found, attempts };
    }
    return { found: null, attempts };
  }

  download(stamp: string): Promise<{ file: SourceFile | null; reason: string }> {
    const place = this.downloads.get(stamp);
    return place?.download(stamp) ?? Promise.resolve({ file: null, reason: 'nobody has it' });
  }

  /** Whether one of these modules, which had no symbols, has some now. */
  has(debugIds: readonly string[]): boolean {
    return debugIds.some((id) => this.texts.has(normalDebugId(id) ?? ''));
  }

  private given(): Pick<SymbolPlace, 'find' | 'download'> {
    return {
      find: (_, wanted) => this.givenText(wanted),
      download: () => Promise.resolve({ file: null, reason: 'it is a file' }),
    };
  }

  private async givenText(wanted: SymbolPath): Promise<PlaceAnswer> {
    const text = this.texts.get(wanted.id);
    const location = text?.path ?? `${wanted.folder}/${wanted.id}/${wanted.file}`;
    const attempt = { source: 'files given', location, milliseconds: 0 };
    if (text === undefined) return { found: null, attempts: [{ ...attempt, status: 'not-found', bytes: 0 }] };
    try {
      const file = await text.load();
      const modified = file instanceof File ? file.lastModified : 0;
      const stamp = `file:${text.debugId}:${text.path}:${file.size}:${modified}`;
      const attempts = [{ ...attempt, status: 'found', bytes: file.size } as const];
      return { found: { stamp, origin: text.path, url: null, file }, attempts };
    } catch (error) {
      // Moved, deleted, or no longer allowed.
      const reason = error instanceof Error ? error.message : String(error);
      return { found: null, attempts: [{ ...attempt, status: 'denied', bytes: 0, reason }] };
    }
  }
}

/** `NAME/DEBUG_ID/NAME.sym`: the layout of symbol folders says it without opening the file. */
function identityOfPath(path: string): { debugId: string; name: string } | null {
  const [name = '', id = '', file = ''] = path.split('/').slice(-3);
  const debugId = normalDebugId(id);
  return debugId === null || !/\.sym(\.gz)?$/i.test(file) ? null : { debugId, name };
}

async function identityOfText(file: Blob): Promise<{ debugId: string; name: string } | null> {
  let head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  if (head[0] === 0x1f && head[1] === 0x8b) head = await unpackedHead(file);
  const isUtf16 = head[1] === 0 || (head[0] === 0xff && head[1] === 0xfe);
  const text = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(head);
  const [, , , id = '', ...name] = (/^\ufeff?MODULE [^\r\n]*/.exec(text)?.[0] ?? '').split(' ');
  const debugId = normalDebugId(id);
  return debugId === null ? null : { debugId, name: name.join(' ') };
}

/** The first bytes of a gzip; empty when it is none. */
async function unpackedHead(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    const { value } = await reader.read();
    await reader.cancel();
    return new Uint8Array(value ?? []);
  } catch {
    // Damaged: it names no module, which is what the caller says.
    return new Uint8Array();
  }
}
