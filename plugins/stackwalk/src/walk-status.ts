/** What a crash says of its walk, in the words of minidump-stackwalk where it has some. */
const names: Record<string, string> = {
  MINIDUMP_TOO_SHORT: 'MinidumpReadError',
  MINIDUMP_BAD_SIGNATURE: 'HeaderMismatch',
  MINIDUMP_BAD_VERSION: 'VersionMismatch',
  MISSING_SYSTEM_INFO: 'MissingSystemInfo',
  MISSING_THREAD_LIST: 'MissingThreadList',
  MICRODUMP_INCOMPLETE: 'MicrodumpIncomplete',
};

/** @param code of a `FaultlineError`; anything else is an `UnknownError` */
export function walkStatus(code: string | undefined): string {
  return (code === undefined ? undefined : names[code]) ?? 'UnknownError';
}
