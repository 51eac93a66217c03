/**
 * What a Crashpad database knows of its reports beside the dumps: when each was made and whether it was uploaded.
 * Linux, Android and newer macOS keep a `.meta` file beside each dump in `new`, `pending` or `completed`; Windows keeps
 * one `metadata` file for the folder `reports` (crashpad: client/crash_report_database_generic.cc, …_win.cc). Older
 * macOS keeps it in extended attributes, which a browser can't read.
 */
export interface CrashpadRecord {
  /** Id of the dump file: its name without ending, lower case. */
  report: string;
  state: 'new' | 'pending' | 'uploading' | 'completed' | '';
  /** Seconds since 1970; 0 when unknown. */
  createdAt: number;
  uploadAttempts: number;
  lastUploadAttempt: number;
  isUploaded: boolean;
  isUploadRequested: boolean;
  /** Id that the server gave; "" before an upload. */
  serverId: string;
}

const states = ['pending', 'uploading', 'completed'] as const;
const windowsMagic = 0x43504144;
const headerSize = 16;
const recordSize = 56;
const mostRecords = 100_000;
const longestId = 200;

/** `<uuid>.meta`: version, attempts, last attempt, creation, attributes, padding, then the server's id as text. */
export function readMeta(bytes: Uint8Array, path: string): CrashpadRecord | null {
  if (bytes.byteLength < 25) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(0, true) !== 1) return null;
  const attributes = view.getUint8(24);
  return {
    report: reportName(path),
    state: stateOfFolder(path),
    uploadAttempts: view.getInt32(4, true),
    lastUploadAttempt: Number(view.getBigInt64(8, true)),
    createdAt: Number(view.getBigInt64(16, true)),
    isUploaded: (attributes & 1) !== 0,
    isUploadRequested: (attributes & 2) !== 0,
    serverId: textAt(bytes, 32),
  };
}

/** `metadata` of Windows: a header, records of 56 bytes, then the texts they name by position. */
export function readWindowsMetadata(bytes: Uint8Array): CrashpadRecord[] {
  if (bytes.byteLength < headerSize) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== windowsMagic || view.getUint32(4, true) !== 1) return [];
  const fitting = Math.floor((bytes.byteLength - headerSize) / recordSize);
  const count = Math.min(view.getUint32(8, true), fitting, mostRecords);
  const texts = headerSize + count * recordSize;
  return Array.from({ length: count }, (_, index) => {
    const at = headerSize + index * recordSize;
    const attributes = view.getUint8(at + 48);
    return {
      report: reportName(textAt(bytes, texts + view.getUint32(at + 16, true))),
      serverId: textAt(bytes, texts + view.getUint32(at + 20, true)),
      createdAt: Number(view.getBigInt64(at + 24, true)),
      lastUploadAttempt: Number(view.getBigInt64(at + 32, true)),
      uploadAttempts: view.getInt32(at + 40, true),
      state: states[view.getInt32(at + 44, true)] ?? '',
      isUploaded: (attributes & 1) !== 0,
      isUploadRequested: (attributes & 2) !== 0,
    };
  });
}

/** The id in a report's file name, the same for its dump and its metadata. */
export function reportName(path: string): string {
  const leaf = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return leaf.replace(/\.(dmp|meta)$/i, '').toLowerCase();
}

/** Which part of a database a dump without metadata lies in, by its folder. */
export function stateOfFolder(path: string): CrashpadRecord['state'] {
  const folder = path.split('/').at(-2);
  return folder === 'new' || folder === 'pending' || folder === 'completed' ? folder : '';
}

function textAt(bytes: Uint8Array, start: number): string {
  if (start >= bytes.byteLength) return '';
  const rest = bytes.subarray(start, start + longestId);
  const end = rest.indexOf(0);
  return new TextDecoder().decode(new Uint8Array(end < 0 ? rest : rest.subarray(0, end)));
}
