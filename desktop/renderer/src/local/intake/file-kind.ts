/** What a file is, by its first bytes and then its name: what people drop has all kinds of names. */
export type FileKind = 'dump' | 'symbols' | 'packed-symbols' | 'zip' | 'microdumps' | 'crashpad-metadata' | 'unknown';

/** So much of a file tells its kind. */
export const headBytes = 4096;
/** Microdumps stand anywhere in a log; one that is larger is not looked through. */
const largestLog = 16 << 20;
const microdumpMark = '-----BEGIN BREAKPAD MICRODUMP-----';
const endMark = '-----END BREAKPAD MICRODUMP-----';

export async function fileKind(file: Blob, name: string): Promise<FileKind> {
  const head = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('MDMP') || text.startsWith('PMDM')) return 'dump';
  if (text.startsWith('PK\u0003\u0004') || text.startsWith('PK\u0005\u0006')) return 'zip';
  if (isSymbolText(text)) return 'symbols';
  if (text.startsWith('\u001f\u008b')) return 'packed-symbols';
  if (/(^|\/)metadata$|\.meta$/.test(name)) return 'crashpad-metadata';
  if (file.size <= largestLog && isText(text) && (await file.text()).includes(microdumpMark)) return 'microdumps';
  // By its name it is meant to be one: the walker says what is wrong with it.
  if (/\.(dmp|mdmp|dump)$/i.test(name)) return 'dump';
  return /\.sym$/i.test(name) ? 'symbols' : 'unknown';
}

/** Complete microdumps of a log. */
export async function countMicrodumps(file: Blob): Promise<number> {
  return (await file.text()).split(endMark).length - 1;
}

function isSymbolText(text: string): boolean {
  // UTF-16 of a PowerShell redirect has a zero after each letter.
  return text
    .replaceAll('\u0000', '')
    .replace(/^\u00ff\u00fe|^\u00fe\u00ff|^\u00ef\u00bb\u00bf/, '')
    .startsWith('MODULE ');
}

function isText(head: string): boolean {
  return !/[\u0000-\u0008\u000e-\u001a]/.test(head);
}
